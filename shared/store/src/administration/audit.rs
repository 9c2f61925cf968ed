//! Reading the platform's log by its chain, newest first. A super administrator sees all of it; whoever else administers the
//! platform sees what they did themselves, and what decides that is the scope, not the request.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use vestibule_auth::Grant;

use super::Administration;
use crate::{
    AuditRecord, Chain, Cursor, CursorError, CursorKey, PageRequest, PlacedEntry, StoreError,
    engine::item::{from_row, key_row, text},
    engine::keys,
};

/// Queries for one page, and entries that each of them reads while some are looked for.
const QUERIES: usize = 2;
const MOST_AT_ONCE: i32 = 300;
/// Behind every number.
const NEWEST: u64 = 999_999_999_999_999;
/// The list as cursors name it.
const LIST: &str = "AUDIT";

/// A record on a page.
#[derive(Debug)]
pub enum PlatformRecord {
    /// One that can be read.
    Whole(Box<AuditRecord>),
    /// The id of one that cannot.
    Damaged(String),
}

/// A page of the platform's log.
#[derive(Debug)]
pub struct PlatformLog {
    /// The records, newest first.
    pub items: Vec<PlatformRecord>,
    /// Where the next page begins; absent at the end.
    pub next: Option<String>,
}

impl Administration<'_> {
    /// One page of the log, newest first, by at most two queries and a batch for each hundred entries. While some records are
    /// looked for it may have fewer than it could, even none, and a next one. Entries whose record is gone are passed over.
    pub async fn search_audit(
        &self,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<PlatformLog, CursorError>, StoreError> {
        let opened = request.cursor.as_deref().map(|text| Cursor::open(text, key, Chain::Platform, LIST));
        let mut highest = match opened.map(|opened| opened.ok().and_then(|position| position.parse().ok())) {
            None => NEWEST,
            Some(Some(highest)) => highest,
            Some(None) => return Ok(Err(CursorError)),
        };
        let size = usize::try_from(request.size()).unwrap_or_default();
        let mut items = Vec::new();
        for _ in 0..QUERIES {
            let room = i32::try_from(size - items.len()).unwrap_or(MOST_AT_ONCE);
            let limit = if self.own().is_none() { room } else { MOST_AT_ONCE };
            let entries = self.entries_up_to(highest, limit).await?;
            let mut records = self.records(&entries).await?;
            for placed in entries {
                highest = placed.entry.number - 1;
                items.extend(records.remove(&placed.entry.id).filter(|found| self.may_see(found)));
                if items.len() == size {
                    break;
                }
            }
            if highest == 0 || items.len() == size {
                break;
            }
        }
        let next = (highest > 0 && highest < NEWEST)
            .then(|| Cursor::seal(key, Chain::Platform, LIST, &highest.to_string()).as_str().to_owned());
        Ok(Ok(PlatformLog { items, next }))
    }

    /// Whose records alone may be seen; `None` for all.
    fn own(&self) -> Option<String> {
        match self.scope.grant() {
            Some(Grant::SuperAdmin) | None => None,
            Some(Grant::GeneralAdmin | Grant::PromoAdmin) => {
                Some(self.scope.actor().user().map(|user| user.to_string()).unwrap_or_default())
            }
        }
    }

    /// Whose a record is that cannot be read is not known.
    fn may_see(&self, found: &PlatformRecord) -> bool {
        self.own().is_none_or(|own| matches!(found, PlatformRecord::Whole(record) if record.actor == own))
    }

    async fn entries_up_to(&self, highest: u64, limit: i32) -> Result<Vec<PlacedEntry>, StoreError> {
        let last = keys::chain_entry(Chain::Platform, highest);
        let query = self.store.client().query().table_name(self.store.table());
        let query = query
            .key_condition_expression("PK = :pk AND SK <= :last")
            .expression_attribute_values(":pk", text(last.pk))
            .expression_attribute_values(":last", text(last.sk))
            .scan_index_forward(false)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(limit);
        query.send().await?.items.unwrap_or_default().into_iter().map(from_row).collect()
    }

    async fn records(&self, entries: &[PlacedEntry]) -> Result<HashMap<String, PlatformRecord>, StoreError> {
        let wanted = entries.iter().map(|placed| key_row(&placed.key())).collect();
        let mut records = HashMap::new();
        for row in self.store.batch_get_many(wanted).await? {
            let id = row.get("SK").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            let found = match self.store.if_whole(self.store.read::<AuditRecord>(row))? {
                Some(record) => PlatformRecord::Whole(record.into()),
                None => PlatformRecord::Damaged(id.clone()),
            };
            records.insert(id, found);
        }
        Ok(records)
    }
}
