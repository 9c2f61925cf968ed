//! Reading the audit log as its readers do, and behind them.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

use crate::{Actor, App, Row};

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
        let text = |row: &Row, name: &str| row.get(name).and_then(|value| value.as_s().ok()).cloned();
        let all = self.rows().await.into_iter().filter_map(|row| {
            let is_record = ["audit", "refusal"].contains(&text(&row, "item")?.as_str());
            is_record.then(|| (text(&row, "PK").unwrap_or_default(), row))
        });
        all.collect()
    }

    /// Writes copies of a record of a tenant under ids of its own, one each for `ids`: a log as it is after years.
    pub async fn copy_record(
        &self,
        record: &Row,
        changes: impl Iterator<Item = Vec<(&'static str, String)>>,
    ) {
        for change in changes {
            let mut row = record.clone();
            // Sealed values belong to their place.
            for name in ["actor_email", "source_ip", "user_agent", "salt"] {
                row.insert(name.to_owned(), AttributeValue::Null(true));
            }
            row.remove("number");
            row.extend(change.into_iter().map(|(name, value)| (name.to_owned(), AttributeValue::S(value))));
            let put = self.client().put_item().table_name(self.stack.table_name()).set_item(Some(row));
            put.send().await.expect("a copy");
        }
    }
}
