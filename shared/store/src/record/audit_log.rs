//! Reading the audit log of a tenant: one record by its id, and pages of what a filter lets through, newest first.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;
use vestibule_chain::Outcome;
use vestibule_domain::{AuditId, Email, World};

use crate::{
    AuditRecord, Cursor, CursorError, CursorKey, PageRequest, StoreError, TenantStore,
    engine::command::Command,
    engine::damaged::behind,
    engine::item::{Row, text},
    engine::keys,
};

/// How far a list looks back that names no beginning.
/// Nothing was recorded before 2026-01-01T00:00:00Z, in seconds since 1970.
const BEGINNING: i64 = 1_767_225_600;
const USUAL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Queries for one page, and rows that each of them reads while some are looked for.
const QUERIES: usize = 2;
const MOST_AT_ONCE: i32 = 1_000;

/// Who is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AuditActor {
    /// A person by their id, a task of the system, or `stranger`.
    Named(String),
    /// A person by their address, in whatever case.
    Address(Email),
}

/// Which records are wanted. Written as JSON it names what is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditFilter {
    /// From this instant on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Up to this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<AuditActor>,
    /// The action; what ends with a dot stands for all that begin with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// To which thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl AuditFilter {
    /// Where it ends: what is to come is not looked for.
    pub(crate) fn ends(&self, now: Timestamp) -> Timestamp {
        self.to.map_or(now, |to| to.min(now))
    }

    /// Where it begins; where nothing is said, seven days before its end.
    pub(crate) fn begins(&self, now: Timestamp) -> Timestamp {
        let end = self.ends(now);
        let begins = self.from.unwrap_or_else(|| end.saturating_sub(USUAL).unwrap_or(end));
        begins.max(Timestamp::from_second(BEGINNING).unwrap_or_default())
    }

    /// Whether it lets everything through.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a record is wanted. Refusals of one minute belong to its beginning.
    pub fn fits(&self, record: &AuditRecord) -> bool {
        let at = record.id.at().unwrap_or(record.at);
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to) && self.says(record)
    }

    fn says(&self, record: &AuditRecord) -> bool {
        let by = |actor: &AuditActor| match actor {
            AuditActor::Named(name) => *name == record.actor,
            AuditActor::Address(email) => record
                .actor_email
                .as_ref()
                .is_some_and(|known| known.to_ascii_lowercase() == email.canonical()),
        };
        let is = |action: &String| match action.strip_suffix('.') {
            Some(_) => record.action.starts_with(action),
            None => record.action == *action,
        };
        self.actor.as_ref().is_none_or(by)
            && self.action.as_ref().is_none_or(is)
            && self.resource.as_ref().is_none_or(|resource| record.resource == *resource)
            && self.outcome.is_none_or(|outcome| record.outcome == outcome)
    }

    pub(crate) fn is_of_time_only(&self) -> bool {
        *self == Self { from: self.from, to: self.to, ..Self::default() }
    }
}

/// A record on a page.
#[derive(Debug)]
pub enum Logged {
    /// One that can be read.
    Whole(Box<AuditRecord>),
    /// The id of one that cannot.
    Damaged(String),
}

/// A page of the log.
#[derive(Debug)]
pub struct AuditPage {
    /// The records, newest first.
    pub items: Vec<Logged>,
    /// Where the next page begins; absent at the end.
    pub next: Option<String>,
    /// Down to which time was looked.
    pub searched_to: Timestamp,
}

/// What is still to be looked through: ids from the highest down to the lowest.
#[derive(Debug, Clone, Copy)]
struct Rest {
    lowest: AuditId,
    highest: AuditId,
}

impl Rest {
    fn of(filter: &AuditFilter, now: Timestamp) -> Self {
        let (from, to) = (filter.begins(now), filter.ends(now));
        let behind = to.saturating_add(SignedDuration::from_millis(1)).unwrap_or(to);
        Self { lowest: AuditId::first_of(from), highest: AuditId::first_of(behind).before() }
    }

    fn read(position: &str) -> Option<Self> {
        let (lowest, highest) = position.split_once('#')?;
        Some(Self { lowest: lowest.parse().ok()?, highest: highest.parse().ok()? })
    }

    fn is_empty(self) -> bool {
        self.highest < self.lowest
    }

    /// The part of it that lies in the latest month: its instant, its lowest id.
    fn month(self) -> (Timestamp, AuditId) {
        let at = self.highest.at().unwrap_or_default();
        (at, AuditId::first_of(keys::month_begins(at)).max(self.lowest))
    }
}

impl TenantStore<'_> {
    /// One page of the log, newest first, by at most two queries: while some records are looked for, 2,000 are read for it at
    /// most. It may then have fewer than it could, even none, and a next one.
    pub async fn search_audit(
        &self,
        filter: &AuditFilter,
        request: &PageRequest,
        key: &CursorKey,
        now: Timestamp,
    ) -> Result<Result<AuditPage, CursorError>, StoreError> {
        let list = format!("AUDIT#{}", serde_json::to_string(filter).unwrap_or_default());
        let opened = request.cursor.as_deref().map(|text| Cursor::open(text, key, self.tenant(), &list));
        let mut rest = match opened.map(|opened| opened.ok().and_then(|position| Rest::read(&position))) {
            None => Rest::of(filter, now),
            Some(Some(rest)) => rest,
            Some(None) => return Ok(Err(CursorError)),
        };
        let size = usize::try_from(request.size()).unwrap_or_default();
        let mut items = Vec::new();
        for _ in 0..QUERIES {
            if rest.is_empty() || items.len() == size {
                break;
            }
            let room = i32::try_from(size - items.len()).unwrap_or(MOST_AT_ONCE);
            let limit = if filter.is_of_time_only() { room } else { MOST_AT_ONCE };
            let (rows, left) = self.month_of(rest, limit).await?;
            rest.highest = left;
            for row in rows {
                let Some((id, logged)) = self.logged(row, filter)? else { continue };
                items.push(logged);
                if items.len() == size {
                    rest.highest = id.map_or(rest.highest, |id| id.before());
                    break;
                }
            }
        }
        let position = format!("{}#{}", rest.lowest, rest.highest);
        let seal = || Cursor::seal(key, self.tenant(), &list, &position).as_str().to_owned();
        let (next, reached) = if rest.is_empty() {
            (None, rest.lowest.at())
        } else {
            (Some(seal()), rest.highest.behind().at())
        };
        Ok(Ok(AuditPage { items, next, searched_to: reached.unwrap_or(now) }))
    }

    /// Rows of the latest month of `rest`, newest first, and the highest id that is left to be looked at.
    async fn month_of(&self, rest: Rest, limit: i32) -> Result<(Vec<Row>, AuditId), StoreError> {
        let (at, lowest) = rest.month();
        let query = self.store.client().query().table_name(self.store.table());
        let answer = query
            .key_condition_expression("PK = :pk AND SK BETWEEN :lowest AND :highest")
            .expression_attribute_values(":pk", text(keys::audit(self.tenant(), at, lowest).pk))
            .expression_attribute_values(":lowest", text(lowest.to_string()))
            .expression_attribute_values(":highest", text(rest.highest.to_string()))
            .scan_index_forward(false)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(limit)
            .send()
            .await?;
        let last = answer.last_evaluated_key.as_ref().and_then(id_of);
        self.store.sealer().freshen(answer.items()).await;
        Ok((answer.items.unwrap_or_default(), last.unwrap_or(lowest).before()))
    }

    /// A row of the log, if it is wanted. What cannot be read cannot be judged: it is shown.
    fn logged(
        &self,
        row: Row,
        filter: &AuditFilter,
    ) -> Result<Option<(Option<AuditId>, Logged)>, StoreError> {
        let (id, name) = (id_of(&row), behind(&row, "SK", "").unwrap_or_default());
        Ok(match self.store.if_whole(self.store.read::<AuditRecord>(row))? {
            Some(record) if filter.says(&record) => Some((id, Logged::Whole(record.into()))),
            Some(_) => None,
            None => Some((id, Logged::Damaged(name))),
        })
    }

    /// One record of the tenant's log.
    pub async fn find_audit(&self, id: AuditId) -> Result<Option<AuditRecord>, StoreError> {
        let Some(at) = id.at() else { return Ok(None) };
        self.store.get(&keys::audit(self.tenant(), at, id)).await
    }

    /// Records that much was read at once; `values` never hold personal data.
    pub async fn record_reading(
        &self,
        action: &str,
        resource: String,
        values: Value,
        world: &World,
    ) -> Result<(), StoreError> {
        let record = AuditRecord::new(self.scope, action, resource, (Value::Null, values), world);
        Command::new().audited(self.scope, &record)?.commit(self.store).await
    }
}

fn id_of(row: &Row) -> Option<AuditId> {
    row.get("SK")?.as_s().ok()?.parse().ok()
}
