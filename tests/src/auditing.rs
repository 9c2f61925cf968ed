//! Reading the audit log as its readers do, and behind them.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use jiff::SignedDuration;
use serde_json::Value;
use vestibule_chain::CheckpointKey;
use vestibule_domain::{AuditId, TenantId};
use vestibule_store::{Chain, Checkpoint, RecordPlace};

use crate::{Actor, App, Row};

/// Rows that one batch writes.
const AT_ONCE: usize = 25;

/// All records that a query of the log finds, page by page, newest first; `query` without `?`.
pub async fn all_of(reader: &Actor, query: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let next = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = reader.get(&format!("/api/audit?{query}{next}")).await.expect(200).body;
        found.extend(page["items"].as_array().expect("items").iter().cloned());
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return found;
        }
    }
}

/// How often something was done in all, counting what is recorded once a minute as often as it happened.
pub fn times(records: &[Value]) -> u64 {
    records.iter().map(|record| record["count"].as_u64().unwrap_or(1)).sum()
}

impl App {
    /// The records of the table, of tenants and of those that belong to none, refusals included: partition and row.
    pub async fn records(&self) -> Vec<(String, Row)> {
        let rows = [self.scanned(Some("audit")).await, self.scanned(Some("refusal")).await].concat();
        rows.into_iter().map(|row| (row["PK"].as_s().expect("a text").clone(), row)).collect()
    }

    /// Writes copies of a record of a tenant under ids of its own, one each for `ids`: a log as it is after years.
    pub async fn copy_record(
        &self,
        record: &Row,
        changes: impl Iterator<Item = Vec<(&'static str, String)>>,
    ) {
        let copies: Vec<Row> = changes.map(|change| copy(record, change)).collect();
        for some in copies.chunks(AT_ONCE) {
            let puts = some.iter().map(|row| {
                let put = PutRequest::builder().set_item(Some(row.clone())).build().expect("a put");
                WriteRequest::builder().put_request(put).build()
            });
            let write = self.client().batch_write_item();
            let write = write.request_items(self.stack.table_name(), puts.collect()).send().await;
            let left = write.expect("the copies").unprocessed_items.unwrap_or_default();
            assert!(left.is_empty(), "the table takes all of a batch");
        }
    }
}

fn copy(record: &Row, changes: Vec<(&'static str, String)>) -> Row {
    let mut row = record.clone();
    // Sealed values belong to their place.
    for name in ["actor_email", "source_ip", "user_agent", "salt"] {
        row.insert(name.to_owned(), AttributeValue::Null(true));
    }
    row.remove("number");
    row.extend(changes.into_iter().map(|(name, value)| (name.to_owned(), AttributeValue::S(value))));
    row
}

/// A log of the sample tenant whose records have their places, and who signs it.
pub struct Log {
    /// The stack.
    pub app: App,
    /// The tenant.
    pub tenant: TenantId,
    /// Signs where the stack's own signer does not.
    pub key: CheckpointKey,
}

impl Log {
    /// With one hire.
    pub async fn new() -> Self {
        let app = App::start().await;
        app.hire("Kim", "Doe").await;
        let key = CheckpointKey::generate("vestibule.example/audit", app.world.bytes()).expect("it is there");
        Self { tenant: app.stack.sample().tenant.id, app, key }
    }

    fn chain(&self) -> Chain {
        Chain::Tenant(self.tenant)
    }

    /// Copies of the record of a hire, `count` of them.
    pub async fn fill(&self, count: i64, action: &'static str) {
        let own = format!("T#{}#AUDIT#", self.tenant);
        let records = self.app.records().await;
        let is_pattern =
            |(pk, row): &&(String, _)| pk.starts_with(&own) && format!("{row:?}").contains("hire.create");
        let pattern = records.iter().find(is_pattern).expect("it is there").1.clone();
        let now = self.app.world.now();
        let changes = (0..count).map(|number| {
            let at = now - SignedDuration::from_millis(count - number);
            let id = AuditId::of_time(at, &self.app.world).to_string();
            let pk = format!("{own}{}", &at.to_string()[..7]);
            vec![
                ("PK", pk),
                ("SK", id.clone()),
                ("id", id),
                ("at", at.to_string()),
                ("action", action.to_owned()),
            ]
        });
        self.app.copy_record(&pattern, changes).await;
    }

    /// Gives all records their places, as the reader of the stream does. How many there are now.
    pub async fn number(&self) -> u64 {
        let text = |row: &Row| row["SK"].as_s().expect("it is there").clone();
        let places = self.app.records().await.into_iter();
        let places: Vec<_> = places.filter_map(|(pk, row)| RecordPlace::of(&pk, &text(&row))).collect();
        let platform = self.app.stack.store().platform();
        platform.append(self.chain(), &places, &self.app.world).await.expect("it is there");
        platform.chain_head(self.chain()).await.expect("it is there").size
    }

    /// Signs the log as far as it is numbered; the archive hears nothing of it.
    pub async fn sign(&self) {
        let (platform, at) = (self.app.stack.store().platform(), self.app.world.now());
        let head = platform.chain_head(self.chain()).await.expect("it is there");
        let note = self.key.sign(&self.tenant.to_string(), &head, at);
        let checkpoint =
            Checkpoint { size: head.size, at, note, key: self.key.verifier(), peaks: head.peaks };
        platform.signed(self.chain(), &checkpoint).await.expect("it is there");
    }
}
