//! Reading the platform's log by its chain, newest first. A super administrator sees all of it; whoever else administers the
//! platform sees what they did themselves, and what decides that is the scope, not the request.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use vestibule_auth::Grant;
use vestibule_domain::World;

use super::Administration;
use crate::{
    AuditActor, AuditFilter, AuditPage, AuditRecord, Chain, Chained, Checkpoint, Cursor, CursorError,
    CursorKey, Logged, PageRequest, PlacedEntry, StoreError,
    engine::command::Command,
    engine::item::{from_row, key_row, text},
    engine::keys,
};

/// Queries for one page, and entries that each of them reads while some are looked for.
const QUERIES: usize = 2;
const MOST_AT_ONCE: i32 = 300;
/// Behind every number.
const NEWEST: u64 = 999_999_999_999_999;
/// Records are numbered soon, and not in the order of their times: how far behind its time one is still looked for.
const LATE: SignedDuration = SignedDuration::from_hours(24);

impl Administration<'_> {
    /// One page of the log, newest first, by at most two queries and a batch for each hundred entries. While some records are
    /// looked for it may have fewer than it could, even none, and a next one. Entries whose record is gone are passed over.
    pub async fn search_audit(
        &self,
        filter: &AuditFilter,
        request: &PageRequest,
        key: &CursorKey,
        now: Timestamp,
    ) -> Result<Result<AuditPage, CursorError>, StoreError> {
        let list = format!("AUDIT#{}", serde_json::to_string(filter).unwrap_or_default());
        let opened = request.cursor.as_deref().map(|text| Cursor::open(text, key, Chain::Platform, &list));
        let first = match opened.map(|opened| opened.ok().and_then(|position| Position::read(&position))) {
            None => Position::first(filter, now),
            Some(Some(position)) => position,
            Some(None) => return Ok(Err(CursorError)),
        };
        let walk = self.walk(&self.narrowed(filter, first.from), first, request.size()).await?;
        let seal = || Cursor::seal(key, Chain::Platform, &list, &walk.rest.write()).as_str().to_owned();
        let next = (!walk.rest.is_over()).then(seal);
        let reached = if next.is_some() { walk.reached } else { Some(first.from) };
        Ok(Ok(AuditPage { items: walk.items, next, searched_to: reached.unwrap_or(now) }))
    }

    async fn walk(&self, filter: &AuditFilter, first: Position, size: i32) -> Result<Walk, StoreError> {
        let most = usize::try_from(size).unwrap_or_default();
        let mut walk = Walk { items: Vec::new(), rest: first, reached: None };
        for _ in 0..QUERIES {
            let room = i32::try_from(most - walk.items.len()).unwrap_or(MOST_AT_ONCE);
            let limit = if filter.is_of_time_only() && filter.to.is_none() { room } else { MOST_AT_ONCE };
            let entries = self.entries_up_to(walk.rest.highest, limit).await?;
            let ended = i32::try_from(entries.len()).unwrap_or(limit) < limit;
            let mut records = self.records(filter, &entries).await?;
            for PlacedEntry { entry, .. } in entries {
                walk.rest.highest = entry.number - 1;
                walk.reached = Some(entry.at);
                if entry.at.saturating_add(LATE).is_ok_and(|late| late < first.from) {
                    walk.rest.highest = 0;
                    break;
                }
                walk.items.extend(records.remove(&entry.id).filter(|found| self.is_wanted(found, filter)));
                if walk.items.len() == most {
                    return Ok(walk);
                }
            }
            if ended || walk.rest.is_over() {
                walk.rest.highest = 0;
                break;
            }
        }
        Ok(walk)
    }

    /// Whose a record is that cannot be read is not known: only who sees all sees it.
    fn is_wanted(&self, found: &Logged, filter: &AuditFilter) -> bool {
        match found {
            Logged::Whole(record) => filter.fits(record),
            Logged::Damaged(_) => self.own().is_none(),
        }
    }

    /// The filter that a request asks for, of one's own records where one sees no others. One who asks for another's finds none.
    fn narrowed(&self, filter: &AuditFilter, from: Timestamp) -> AuditFilter {
        let filter = AuditFilter { from: Some(from), ..filter.clone() };
        let Some(own) = self.own() else { return filter };
        let others = match &filter.actor {
            Some(AuditActor::Named(name)) => *name != own,
            Some(AuditActor::Address(email)) => self.scope.actor().email() != Some(email),
            None => false,
        };
        let actor = Some(AuditActor::Named(if others { String::new() } else { own }));
        AuditFilter { actor, ..filter }
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

    async fn entries_up_to(&self, highest: u64, limit: i32) -> Result<Vec<PlacedEntry>, StoreError> {
        let (first, last) =
            (keys::chain_entry(Chain::Platform, 0), keys::chain_entry(Chain::Platform, highest));
        let query = self.store.client().query().table_name(self.store.table());
        let query = query
            .key_condition_expression("PK = :pk AND SK BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(last.pk))
            .expression_attribute_values(":first", text(first.sk))
            .expression_attribute_values(":last", text(last.sk))
            .scan_index_forward(false)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(limit);
        query.send().await?.items.unwrap_or_default().into_iter().map(from_row).collect()
    }

    /// The records of entries by their ids, as far as their time can fit.
    async fn records(
        &self,
        filter: &AuditFilter,
        entries: &[PlacedEntry],
    ) -> Result<HashMap<String, Logged>, StoreError> {
        let early = |placed: &&PlacedEntry| {
            filter.to.is_none_or(|to| placed.entry.at <= to.saturating_add(LATE).unwrap_or(to))
        };
        let wanted = entries.iter().filter(early).map(|placed| key_row(&placed.key())).collect();
        let mut records = HashMap::new();
        for row in self.store.batch_get_many(wanted).await? {
            let id = row.get("SK").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            let found = match self.store.if_whole(self.store.read::<AuditRecord>(row))? {
                Some(record) => Logged::Whole(record.into()),
                None => Logged::Damaged(id.clone()),
            };
            records.insert(id, found);
        }
        Ok(records)
    }

    /// The record with a place in the chain; `None` also for another's where one sees no others.
    pub async fn find_audit(&self, number: u64) -> Result<Option<AuditRecord>, StoreError> {
        let placed: Option<PlacedEntry> = self.store.get(&keys::chain_entry(Chain::Platform, number)).await?;
        let Some(placed) = placed else { return Ok(None) };
        let record: Option<AuditRecord> = self.store.get(&placed.key()).await?;
        Ok(record.filter(|record| self.own().is_none_or(|own| record.actor == own)))
    }

    /// Entries of the platform's chain with their records, as [`crate::TenantStore::chained`].
    pub async fn chained(&self, after: u64, last: u64, limit: u16) -> Result<Vec<Chained>, StoreError> {
        self.store.platform().chained(Chain::Platform, after, last, limit).await
    }

    /// The newest checkpoint of the platform's chain as the table knows it; `None` before the first.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.store.get(&keys::chain_checkpoint(Chain::Platform)).await
    }

    /// Records that much was read at once; `values` never hold personal data.
    pub async fn record_reading(&self, action: &str, values: Value, world: &World) -> Result<(), StoreError> {
        let values = (Value::Null, values);
        self.recorded(Command::new(), action, Chain::Platform, values, world)?.commit(self.store).await
    }
}

/// What is still to be looked through: numbers down to the first, times down to `from`.
#[derive(Debug, Clone, Copy)]
struct Position {
    highest: u64,
    from: Timestamp,
}

impl Position {
    fn first(filter: &AuditFilter, now: Timestamp) -> Self {
        Self { highest: NEWEST, from: filter.begins(now) }
    }

    fn read(text: &str) -> Option<Self> {
        let (highest, from) = text.split_once('#')?;
        Some(Self { highest: highest.parse().ok()?, from: from.parse().ok()? })
    }

    fn write(self) -> String {
        format!("{}#{}", self.highest, self.from)
    }

    fn is_over(self) -> bool {
        self.highest == 0
    }
}

/// What was found, and what is left.
struct Walk {
    items: Vec<Logged>,
    rest: Position,
    reached: Option<Timestamp>,
}
