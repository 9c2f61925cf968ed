//! The table as the oracle reads it, past the store.

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use jiff::tz::TimeZone;

use crate::{
    firm::{Firm, Work},
    oracle::{password, token},
};

/// Spellings beyond the number of jobs that are looked at for locks; a batch holds 100 in all.
const MORE_SPELLINGS: u32 = 9;

impl Firm<'_> {
    /// Secrets in the table, and the end announced more or less than once.
    pub(crate) async fn rows_findings(&self, work: Work) -> Vec<String> {
        let (job, mut found) = (self.job(work).await, Vec::new());
        let month = job.created.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string();
        let mut text = String::new();
        for partition in ["", &format!("#AUDIT#{month}"), "#OUTBOX"] {
            let rows = self.partition(&format!("T#{}{partition}", self.tenant.id)).await;
            if partition == "#OUTBOX" && job.status.is_final() {
                let (kind, id) = (format!("\"job.{}\"", job.status.name()), job.id.to_string());
                let told = rows.iter().filter(|row| row.contains(&kind) && row.contains(&id)).count();
                if told != 1 {
                    found.push(format!("{id}: the end was announced {told} times"));
                }
            }
            text.extend(rows);
        }
        let mails = self.mails(work);
        if mails
            .iter()
            .flat_map(|mail| [password(mail), token(mail)])
            .flatten()
            .any(|told| text.contains(told))
        {
            found.push(format!("leaked: what a mail of {} tells is in the table", job.id));
        }
        found
    }

    async fn partition(&self, partition: &str) -> Vec<String> {
        let query = self.stack.rows.query().table_name(&self.stack.table).consistent_read(true);
        let query = query.key_condition_expression("PK = :pk");
        let query = query.expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
        let rows = query.send().await.unwrap().items.unwrap_or_default();
        rows.iter().map(|row| format!("{row:?}")).collect()
    }

    /// Address and job of every lock on a spelling of José Ó'Brien that `jobs` jobs can come to.
    pub(crate) async fn locks(&self, jobs: usize) -> Vec<(String, String)> {
        let text = |text: String| AttributeValue::S(text);
        let key = |n| [("PK", text(format!("ADDRESS#{}", self.address(n)))), ("SK", text("LOCK".into()))];
        let keys = (1..=u32::try_from(jobs).unwrap() + MORE_SPELLINGS)
            .map(|n| key(n).map(|(name, value)| (name.to_owned(), value)).into());
        let wanted = KeysAndAttributes::builder()
            .consistent_read(true)
            .set_keys(Some(keys.collect()))
            .build()
            .unwrap();
        let answer =
            self.stack.rows.batch_get_item().request_items(&self.stack.table, wanted).send().await.unwrap();
        let rows = answer.responses.unwrap_or_default().remove(&self.stack.table).unwrap_or_default();
        let lock = |row: &std::collections::HashMap<String, AttributeValue>| {
            let address = row["PK"].as_s().unwrap().trim_start_matches("ADDRESS#").to_owned();
            (address, row["job"].as_s().unwrap().clone())
        };
        rows.iter().map(lock).collect()
    }
}
