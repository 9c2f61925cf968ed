//! Counters that slow guessing down. Each is one conditional update: a request is counted before
//! anything is compared, so that two hundred at once are counted like two hundred in a row.

use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use jiff::{SignedDuration, Timestamp};

use super::SignIn;
use crate::{
    AddressKey, PlatformStore, StoreError,
    item::{Row, key_row, number, text},
    keys::{self, Key},
    kinds::Kind,
    update::update_or_old,
};

const MINUTE: i64 = 60_000;
/// Far beyond anything that the table's clean-up looks at.
pub(super) const NEVER: i64 = 253_402_300_799;
/// How often an update is sent while others change the same row.
const TRIES: u32 = 10;

/// How much is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests in a minute, for one source and for one address.
    pub per_minute: u32,
    /// Failures that lock an address.
    pub failures: u32,
    /// How long it stays locked; also how long a failure is remembered.
    pub lock: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_minute: 5, failures: 5, lock: SignedDuration::from_mins(15) }
    }
}

/// What is left of a minute's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests allowed in a minute.
    pub limit: u32,
    /// Requests left.
    pub remaining: u32,
    /// Seconds until the next minute.
    pub resets: u32,
}

/// Whether a request may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Granted(Quota),
    /// Too many; come back when the quota resets.
    Refused(Quota),
}

/// A counted attempt to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What is known about the address, if it has an account.
    pub sign_in: Option<SignIn>,
    /// How many attempts have failed or are under way, this one included.
    pub failures: u32,
    /// What is left for this address.
    pub quota: Quota,
}

/// What became of an attempt to sign in.
#[derive(Debug, Clone)]
pub enum Attempted {
    /// Counted: compare now.
    Counted(Box<Attempt>),
    /// Too many failures: refuse, whatever was sent.
    Locked,
    /// Too many requests for this address in this minute.
    TooMany(Quota),
}

/// The counters of an address as last seen.
#[derive(Default)]
struct Seen {
    failures: u32,
    until: i64,
    hits: u32,
    minute: i64,
}

impl Seen {
    fn read(row: &Row) -> Self {
        let read = |name| row.get(name).and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
        let count = |name| read(name).and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        Self {
            failures: count("failures"),
            until: read("locked_until").unwrap_or_default(),
            hits: count("hits"),
            minute: read("minute").unwrap_or_default(),
        }
    }
}

/// The requests that a row has counted.
#[cfg(test)]
pub(crate) fn hits_of(row: &Row) -> u32 {
    Seen::read(row).hits
}

impl PlatformStore<'_> {
    /// Counts a request of `source` (a network, or an address in a role of its own).
    pub async fn count_request(
        &self,
        source: &str,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Admission, StoreError> {
        let minute = now.as_millisecond().div_euclid(MINUTE);
        let update = "SET #hits = if_not_exists(#hits, :zero) + :one, #ttl = :ttl, #item = :item";
        let counted =
            counter(&keys::limit(source, minute), update, "attribute_not_exists(#hits) OR #hits < :limit")
                .name("#item", "item")
                .value(":item", text(Kind::Limit.name()))
                .value(":zero", number(0))
                .value(":limit", number(limits.per_minute))
                .value(":ttl", number(now.as_second() + 3600))
                .send(self)
                .await?;
        Ok(match counted {
            Ok(row) => Admission::Granted(quota(Seen::read(&row).hits, limits, now)),
            Err(_) => Admission::Refused(quota(limits.per_minute, limits, now)),
        })
    }

    /// Counts an attempt to sign in with `address` as a failure, before anything is compared; a
    /// success takes it back.
    pub async fn attempt(
        &self,
        address: &AddressKey,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Attempted, StoreError> {
        let (millis, minute) = (now.as_millisecond(), now.as_millisecond().div_euclid(MINUTE));
        let mut seen = Seen::default();
        for _ in 0..TRIES {
            let (counting, same_minute) = (seen.until > millis, seen.minute == minute);
            if same_minute && seen.hits >= limits.per_minute {
                return Ok(Attempted::TooMany(quota(seen.hits, limits, now)));
            }
            if counting && seen.failures >= limits.failures {
                return Ok(Attempted::Locked);
            }
            match self.count_attempt(address, limits, now, (counting, same_minute)).await? {
                Ok(row) => {
                    let seen = Seen::read(&row);
                    let sign_in = if row.contains_key("user") { Some(self.store.read(row)?) } else { None };
                    let quota = quota(seen.hits, limits, now);
                    return Ok(Attempted::Counted(Box::new(Attempt {
                        sign_in,
                        failures: seen.failures,
                        quota,
                    })));
                }
                Err(old) => seen = Seen::read(&old),
            }
        }
        Err(StoreError::Busy("an address is tried by many at once".into()))
    }

    /// One conditional update for the state that was seen: `Err` is the row as it really is.
    async fn count_attempt(
        &self,
        address: &AddressKey,
        limits: &Limits,
        now: Timestamp,
        (counting, same_minute): (bool, bool),
    ) -> Result<Result<Row, Row>, StoreError> {
        let (fail, fail_if) = if counting {
            ("#failures = #failures + :one", "#until > :now AND #failures < :max")
        } else {
            ("#failures = :one", "(attribute_not_exists(#until) OR #until <= :now)")
        };
        let (hit, hit_if) = if same_minute {
            ("#hits = #hits + :one", "#minute = :minute AND #hits < :limit")
        } else {
            ("#hits = :one", "(attribute_not_exists(#minute) OR #minute <> :minute)")
        };
        // A row without an account goes away by itself; one with an account never does.
        let kept = "#item = :item, #ttl = if_not_exists(#keep, :ttl)";
        let update = format!("SET {fail}, {hit}, #until = :until, #minute = :minute, {kept}");
        let until = now.as_millisecond() + i64::try_from(limits.lock.as_millis()).unwrap_or(i64::MAX / 2);
        let counter = counter(&keys::sign_in(address), &update, &format!("{fail_if} AND {hit_if}"))
            .name("#failures", "failures")
            .name("#until", "locked_until")
            .name("#minute", "minute")
            .name("#item", "item")
            .name("#keep", "keep_until")
            .value(":item", text(Kind::SignIn.name()))
            .value(":now", number(now.as_millisecond()))
            .value(":until", number(until))
            .value(":minute", number(now.as_millisecond().div_euclid(MINUTE)))
            .value(":ttl", number(until / 1000 + 3600));
        let counter = if counting { counter.value(":max", number(limits.failures)) } else { counter };
        let counter = if same_minute { counter.value(":limit", number(limits.per_minute)) } else { counter };
        counter.send(self).await
    }
}

fn counter(key: &Key, update: &str, condition: &str) -> Counter {
    let counter = Counter {
        key: key_row(key),
        update: update.into(),
        condition: condition.into(),
        ..Counter::default()
    };
    counter.name("#hits", "hits").name("#ttl", "ttl").value(":one", number(1))
}

/// One conditional update that answers with the row after it, or with the row that forbade it.
#[derive(Default)]
struct Counter {
    key: Row,
    update: String,
    condition: String,
    names: Vec<(&'static str, &'static str)>,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Counter {
    fn name(mut self, name: &'static str, attribute: &'static str) -> Self {
        self.names.push((name, attribute));
        self
    }

    fn value(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.values.push((name, value));
        self
    }

    async fn send(self, platform: &PlatformStore<'_>) -> Result<Result<Row, Row>, StoreError> {
        let request = || {
            let names = self.names.iter().map(|&(name, attribute)| (name.to_owned(), attribute.to_owned()));
            let values = self.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            let update = platform.store.client().update_item().table_name(platform.store.table());
            update
                .set_key(Some(self.key.clone()))
                .update_expression(&self.update)
                .condition_expression(&self.condition)
                .set_expression_attribute_names(Some(names.collect()))
                .set_expression_attribute_values(Some(values.collect()))
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
        };
        update_or_old(request).await
    }
}

fn quota(hits: u32, limits: &Limits, now: Timestamp) -> Quota {
    let passed = now.as_millisecond().rem_euclid(MINUTE);
    let resets = u32::try_from((MINUTE - passed + 999) / 1000).unwrap_or(60);
    Quota { limit: limits.per_minute, remaining: limits.per_minute.saturating_sub(hits), resets }
}
