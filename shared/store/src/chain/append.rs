//! Giving records their places. However often a record is told of, and by however many at once, it gets one place, and no
//! place is left empty: records, entries and the chain's head are written in one transaction, on the condition that the
//! head is as it was read.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use vestibule_auth::{Actor, SystemTask};
use vestibule_chain::{Entry, Frontier, RecordBody};
use vestibule_domain::World;

use super::{entries::Placed, name::Chain};
use crate::{
    AuditRecord, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command, TRIES, pause},
    engine::item::{Row, from_row, key_row, number, text, to_row},
    engine::keys::{self, Key},
    engine::kinds::Kind,
};

/// Records of one transaction; each has two writes of the hundred that it may have.
const AT_ONCE: usize = 40;
/// Bytes of records in one transaction, of the 4 MB that it may hold.
const MOST_BYTES: usize = 2 << 20;

/// A record as the stream tells of it: where it lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordPlace {
    chain: Chain,
    pk: String,
    sk: String,
}

impl RecordPlace {
    /// The place of a row with this key; `None` when it is no record.
    pub fn of(pk: &str, sk: &str) -> Option<Self> {
        Some(Self { chain: Chain::of(pk)?, pk: pk.to_owned(), sk: sk.to_owned() })
    }

    /// The chain it belongs to.
    pub fn chain(&self) -> Chain {
        self.chain
    }

    fn key(&self) -> Key {
        Key { pk: self.pk.clone(), sk: self.sk.clone() }
    }
}

impl PlatformStore<'_> {
    /// Gives records of one chain their places, in the order of their ids. Those that have one already, and those that are
    /// gone, are passed over. Gives how many were added.
    pub async fn append(
        &self,
        chain: Chain,
        records: &[RecordPlace],
        world: &World,
    ) -> Result<usize, StoreError> {
        let mut left: Vec<&RecordPlace> = records.iter().filter(|record| record.chain == chain).collect();
        left.sort_by(|a, b| a.sk.cmp(&b.sk));
        left.dedup();
        let mut added = 0;
        while !left.is_empty() {
            let (done, now) = self.append_some(chain, &left[..left.len().min(AT_ONCE)], world).await?;
            added += now;
            left.drain(..done);
        }
        Ok(added)
    }

    /// Adds what fits into one transaction. Gives how many of `records` are settled, and how many of them were added.
    async fn append_some(
        &self,
        chain: Chain,
        records: &[&RecordPlace],
        world: &World,
    ) -> Result<(usize, usize), StoreError> {
        for attempt in 1..=TRIES {
            let (head, rows) = self.read_for(chain, records).await?;
            let (settled, fresh) = fitting(records, rows);
            if fresh.is_empty() {
                return Ok((settled, 0));
            }
            let Some((added, command)) = adding(chain, &head, fresh, world)? else { return Ok((settled, 0)) };
            match command.commit(self.store).await {
                Err(StoreError::Conflict(_)) => pause(attempt).await,
                done => return done.map(|()| (settled, added)),
            }
        }
        Err(StoreError::Busy("a chain is appended to by many at once".into()))
    }

    async fn read_for(
        &self,
        chain: Chain,
        records: &[&RecordPlace],
    ) -> Result<(Frontier, Vec<Row>), StoreError> {
        let head = key_row(&keys::chain_head(chain));
        let wanted = records.iter().map(|record| key_row(&record.key())).chain([head]).collect();
        let (heads, rows): (Vec<Row>, Vec<Row>) = self
            .store
            .batch_get(wanted)
            .await?
            .into_iter()
            .partition(|row| Kind::of(row) == Some(Kind::ChainHead));
        let head = heads.into_iter().next().map(from_row).transpose()?.unwrap_or_default();
        Ok((head, rows))
    }
}

/// The transaction that puts rows behind the head as it was read, and how many; `None` if none of them can be. One that is no
/// record gets no place, and holds up no other.
fn adding(
    chain: Chain,
    head: &Frontier,
    fresh: Vec<Row>,
    world: &World,
) -> Result<Option<(usize, Command)>, StoreError> {
    let mut command = Command::new();
    let (mut longer, mut added) = (head.clone(), 0);
    for row in fresh {
        let (placed, numbered) = match place(chain, longer.size + 1, row) {
            Ok(placed) => placed,
            Err(error) => {
                tracing::error!(%error, %chain, "a record cannot be read, and gets no place in its chain");
                continue;
            }
        };
        added += 1;
        longer.push(placed.entry.leaf().map_err(unwritable)?);
        let entry = to_row(&keys::chain_entry(chain, longer.size), Kind::ChainEntry, &placed)?;
        command = command.and(numbered, Conflict::Exists).and(Action::put(entry).if_new(), Conflict::Stale);
    }
    if added == 0 {
        return Ok(None);
    }
    if head.size == 0 && chain != Chain::Platform {
        command = begun(command, chain, world)?;
    }
    let put = Action::put(to_row(&keys::chain_head(chain), Kind::ChainHead, &longer)?);
    let put = match head.size {
        0 => put.if_new(),
        size => put.when("#size = :size").name("#size", "size").value(":size", number(size)),
    };
    let unsigned = to_row(&keys::unsigned(chain), Kind::Unsigned, &json!({ "size": longer.size }))?;
    Ok(Some((added, command.and(put, Conflict::Stale).and(Action::put(unsigned), Conflict::Stale))))
}

/// The chain of the platform tells of every other one, so that none of them can vanish as a whole.
fn begun(command: Command, chain: Chain, world: &World) -> Result<Command, StoreError> {
    let actor = Actor::System(SystemTask::AuditChain);
    let record = AuditRecord::by(&actor, "chain.begin", chain.to_string(), (json!(null), json!(null)), world);
    command.recording(&keys::platform_audit(record.at, record.id), &record)
}

/// The rows that get a place now, in the order of `records`, with how many of `records` are settled by that.
fn fitting(records: &[&RecordPlace], rows: Vec<Row>) -> (usize, Vec<Row>) {
    let part = |row: &Row, name: &str| row.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
    let mut rows: BTreeMap<_, _> =
        rows.into_iter().map(|row| ((part(&row, "PK"), part(&row, "SK")), row)).collect();
    let (mut bytes, mut fresh) = (0, Vec::new());
    for (place, record) in records.iter().enumerate() {
        let Some(row) = rows.remove(&(record.pk.clone(), record.sk.clone())) else {
            tracing::warn!(chain = %record.chain, "a record was gone before it had its place");
            continue;
        };
        if row.contains_key("number") {
            continue;
        }
        bytes += size(&row);
        if bytes > MOST_BYTES && !fresh.is_empty() {
            return (place, fresh);
        }
        fresh.push(row);
    }
    (records.len(), fresh)
}

/// About as many bytes as the row has in the table.
fn size(row: &Row) -> usize {
    row.iter().map(|(name, value)| name.len() + format!("{value:?}").len()).sum()
}

/// The entry of a row, and the write that numbers the row.
fn place(chain: Chain, number: u64, row: Row) -> Result<(Placed, Action), StoreError> {
    let part = |name: &str| row.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
    let key = Key { pk: part("PK"), sk: part("SK") };
    let ttl = row.get("ttl").and_then(|value| value.as_n().ok()).and_then(|seconds| seconds.parse().ok());
    let expires = ttl.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let refusals = (Kind::of(&row) == Some(Kind::Refusal)).then(|| row.get("count").cloned()).flatten();
    let numbered = numbering(&key, number, refusals);
    let body: RecordBody = from_row(row)?;
    let digest = body.digest().map_err(unwritable)?;
    let (at, id, chain) = (body.at, body.id, chain.to_string());
    let entry = Entry { at, body: digest, chain, expires, id, number };
    Ok((Placed { pk: key.pk, sk: key.sk, entry }, numbered))
}

/// Numbers a record. Refusals of one minute become a record by that, if no further one was counted since they were read.
fn numbering(key: &Key, number: u64, refusals: Option<AttributeValue>) -> Action {
    let (set, is, was) = match &refusals {
        Some(_) => {
            ("SET #number = :number, #item = :audit", "#item = :was AND #count = :count", Kind::Refusal)
        }
        None => ("SET #number = :number", "#item = :was", Kind::Audit),
    };
    let action = Action::update(key, set)
        .name("#number", "number")
        .value(":number", AttributeValue::N(number.to_string()))
        .name("#item", "item")
        .value(":was", text(was.name()))
        .when(&format!("{is} AND attribute_not_exists(#number)"));
    match refusals {
        Some(count) => {
            action.name("#count", "count").value(":count", count).value(":audit", text(Kind::Audit.name()))
        }
        None => action,
    }
}

fn unwritable(error: vestibule_chain::Unwritable) -> StoreError {
    StoreError::Table(error.to_string())
}
