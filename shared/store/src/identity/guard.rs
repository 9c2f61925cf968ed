//! Counters that slow guessing down. Each is one conditional update: a request is counted before
//! anything is compared, so that two hundred at once are counted like two hundred in a row.

use jiff::{SignedDuration, Timestamp};

use crate::{
    PlatformStore, StoreError,
    engine::command::Action,
    engine::item::{Row, number, text},
    engine::keys::{self, Key},
    engine::kinds::Kind,
};

pub(super) const MINUTE: i64 = 60_000;
/// Far beyond anything that the table's clean-up looks at.
pub(super) const NEVER: i64 = 253_402_300_799;
/// An attempt that has not ended by then, in milliseconds, never will: it counts as a failure.
const LONGEST: i64 = 30_000;

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

/// The counters of an address as last seen.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) failures: u32,
    pub(super) until: i64,
    pub(super) hits: u32,
    pub(super) minute: i64,
    /// When each attempt that has not ended was begun.
    under_way: Vec<i64>,
    tickets: u32,
}

/// What a full counter means.
pub(super) enum Full {
    /// Some of the attempts may still turn out right.
    Open,
    /// All have ended, one of them wrong.
    Locked,
    /// All were right, and wait for their second factor.
    Waiting,
}

impl Seen {
    pub(super) fn read(row: &Row) -> Self {
        let read = |name| row.get(name).and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
        let count = |name| read(name).and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        let ids = row.get("under_way").and_then(|value| value.as_ss().ok());
        let begun = |id: &String| id.split_once('-').and_then(|(begun, _)| begun.parse().ok());
        Self {
            failures: count("failures"),
            until: read("locked_until").unwrap_or_default(),
            hits: count("hits"),
            minute: read("minute").unwrap_or_default(),
            under_way: ids.map(|ids| ids.iter().filter_map(begun).collect()).unwrap_or_default(),
            tickets: count("tickets"),
        }
    }

    pub(super) fn full(&self, now: i64) -> Full {
        let open = self.under_way.iter().filter(|begun| now - **begun < LONGEST).count();
        match open {
            0 if self.failures > self.tickets => Full::Locked,
            0 => Full::Waiting,
            _ => Full::Open,
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
                .send_alone(self.store)
                .await?;
        Ok(match counted {
            Ok(row) => Admission::Granted(quota(Seen::read(&row).hits, limits, now)),
            Err(_) => Admission::Refused(quota(limits.per_minute, limits, now)),
        })
    }
}

pub(super) fn counter(key: &Key, update: &str, condition: &str) -> Action {
    let counter = Action::update(key, update).when(condition);
    counter.name("#hits", "hits").name("#ttl", "ttl").value(":one", number(1))
}

pub(super) fn quota(hits: u32, limits: &Limits, now: Timestamp) -> Quota {
    let passed = now.as_millisecond().rem_euclid(MINUTE);
    let resets = u32::try_from((MINUTE - passed + 999) / 1000).unwrap_or(60);
    Quota { limit: limits.per_minute, remaining: limits.per_minute.saturating_sub(hits), resets }
}
