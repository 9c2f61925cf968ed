//! What belongs to no tenant. Used by the authorization check, webhooks and the sweep only.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;

use crate::{
    DueJob, GSI2, Store, StoreError,
    engine::item::{Row, text},
    engine::keys,
};

/// Reads outside of any tenant.
#[derive(Debug, Clone, Copy)]
pub struct PlatformStore<'a> {
    pub(crate) store: &'a Store,
}

impl<'a> PlatformStore<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Jobs due at `now`, oldest first within each shard, at most `limit` of each of the four
    /// shards. The index lags a little; the sweep decides on the record itself.
    pub async fn due_jobs(&self, now: Timestamp, limit: i32) -> Result<Vec<DueJob>, StoreError> {
        let mut due = Vec::new();
        for shard in 0..keys::DUE_SHARDS {
            let query = self.store.client().query().table_name(self.store.table()).index_name(GSI2);
            let query = query
                .key_condition_expression("GSI2PK = :shard AND GSI2SK <= :now")
                .expression_attribute_values(":shard", text(keys::due_partition(shard)))
                .expression_attribute_values(":now", text(keys::due_time(now)))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .limit(limit);
            let rows = query.send().await?.items.unwrap_or_default();
            due.extend(rows.iter().filter_map(due_job));
        }
        Ok(due)
    }
}

pub(crate) fn due_job(row: &Row) -> Option<DueJob> {
    let tenant = row.get("PK")?.as_s().ok()?.strip_prefix("T#")?.parse().ok()?;
    let job = row.get("SK")?.as_s().ok()?.strip_prefix(keys::JOBS)?.parse().ok()?;
    Some(DueJob { tenant, job })
}
