//! Reading a chain: its entries by number, and the records behind them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use serde::{Deserialize, Serialize};
use vestibule_chain::{Entry, Frontier};

use super::name::Chain;
use crate::{
    AuditRecord, PlatformStore, StoreError, TenantStore,
    engine::item::{from_row, key_row, text},
    engine::keys::{self, Key},
};

/// Entries that one query reads.
const MOST_AT_ONCE: u16 = 1_000;

/// An entry with where its record lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Partition key of the record.
    #[serde(rename = "record_pk")]
    pub(crate) pk: String,
    /// Sort key of the record.
    #[serde(rename = "record_sk")]
    pub(crate) sk: String,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

impl Placed {
    /// Where its record lies.
    pub(crate) fn key(&self) -> Key {
        Key { pk: self.pk.clone(), sk: self.sk.clone() }
    }
}

/// An entry and its record, if it is still there.
#[derive(Debug, Clone)]
pub struct Chained {
    /// The entry.
    pub entry: Entry,
    /// The record; `None` once it is gone.
    pub record: Option<AuditRecord>,
}

impl TenantStore<'_> {
    /// At most `limit` entries of the tenant's chain behind number `after`, up to number `last`, with their records. One
    /// query, and one batch for each hundred of them.
    pub async fn chained(&self, after: u64, last: u64, limit: u16) -> Result<Vec<Chained>, StoreError> {
        self.store.platform().chained(Chain::Tenant(self.tenant()), after, last, limit).await
    }
}

impl PlatformStore<'_> {
    /// The head of a chain: its size and the root over it; an empty one if nothing was ever recorded.
    pub async fn chain_head(&self, chain: Chain) -> Result<Frontier, StoreError> {
        Ok(self.store.get(&keys::chain_head(chain)).await?.unwrap_or_default())
    }

    /// The tree after `tree` with the entries up to number `last`; shorter where an entry is missing.
    pub async fn lead_on(&self, chain: Chain, mut tree: Frontier, last: u64) -> Result<Frontier, StoreError> {
        loop {
            let some = self.entries(chain, tree.size, last, MOST_AT_ONCE).await?;
            if some.is_empty() {
                return Ok(tree);
            }
            for placed in some {
                if placed.entry.number != tree.size + 1 {
                    return Ok(tree);
                }
                tree.push(placed.entry.leaf().map_err(|error| StoreError::Table(error.to_string()))?);
            }
        }
    }

    /// Entries of a chain with their records, as [`TenantStore::chained`].
    pub(crate) async fn chained(
        &self,
        chain: Chain,
        after: u64,
        last: u64,
        limit: u16,
    ) -> Result<Vec<Chained>, StoreError> {
        let placed = self.entries(chain, after, last, limit).await?;
        let wanted = placed.iter().map(|placed| key_row(&placed.key())).collect();
        let rows = self.store.batch_get_many(wanted).await?;
        let mut records = HashMap::new();
        for row in rows {
            // One that cannot be read counts as one that is gone: whoever checks the chain finds that it was not to go.
            let record: Option<AuditRecord> = self.store.if_whole(self.store.read(row))?;
            records.extend(record.map(|record| (record.id.to_string(), record)));
        }
        let with_record = |placed: Placed| {
            let record = records.remove(&placed.entry.id);
            Chained { entry: placed.entry, record }
        };
        Ok(placed.into_iter().map(with_record).collect())
    }

    async fn entries(
        &self,
        chain: Chain,
        after: u64,
        last: u64,
        limit: u16,
    ) -> Result<Vec<Placed>, StoreError> {
        let from = keys::chain_entry(chain, after.saturating_add(1));
        if after >= last {
            return Ok(Vec::new());
        }
        let query = self.store.client().query().table_name(self.store.table());
        let query = query
            .key_condition_expression("PK = :pk AND SK BETWEEN :from AND :last")
            .expression_attribute_values(":pk", text(from.pk))
            .expression_attribute_values(":from", text(from.sk))
            .expression_attribute_values(":last", text(keys::chain_entry(chain, last).sk))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(limit.into());
        query.send().await?.items.unwrap_or_default().into_iter().map(from_row).collect()
    }
}
