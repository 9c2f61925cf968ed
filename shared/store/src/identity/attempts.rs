//! One attempt at an address: counted before anything is compared. While those that fill the counter may still
//! turn out right, a further one waits for them.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use vestibule_domain::World;

use super::{
    Limits, Quota, SignIn,
    guard::{Full, MINUTE, Seen, counter, quota},
};
use crate::{
    AddressKey, PlatformStore, StoreError,
    engine::command::pause,
    engine::item::{Row, key_row, number, text},
    engine::keys,
    engine::kinds::Kind,
};

/// How often an update is sent while others change the same row.
const TRIES: u32 = 10;
/// How often one looks whether the attempts that fill the counter have ended.
const LOOKS: u32 = 8;

/// Those that wait for attempts under way, in one process. Where each process has one request at a time, all may.
static WAITING: Semaphore = Semaphore::const_new(16);

/// A counted attempt to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What is known about the address, if it has an account.
    pub sign_in: Option<SignIn>,
    /// How many attempts have failed or are under way, this one included.
    pub failures: u32,
    /// What names this attempt among those under way; `None` where no guess was made.
    pub id: Option<String>,
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
    /// As many attempts as may fail are under way at this moment.
    UnderWay,
}

/// What an attempt rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Something that can be guessed, such as a password: counts as a failure until it turns out right.
    Guess,
    /// A proof that cannot be guessed and was checked: only the lock is looked at.
    Proof,
}

impl PlatformStore<'_> {
    /// Counts an attempt to sign in with `address`, before anything is compared. A guess counts as a failure
    /// until [`settle`](Self::settle) or a success says otherwise; when five are counted and some of them are
    /// still under way, this one waits for what becomes of them, a few seconds at most.
    pub async fn attempt(
        &self,
        address: &AddressKey,
        basis: Basis,
        limits: &Limits,
        world: &World,
    ) -> Result<Attempted, StoreError> {
        let now = world.now();
        let (millis, minute) = (now.as_millisecond(), now.as_millisecond().div_euclid(MINUTE));
        let id = format!("{millis}-{:016x}", u64::from_be_bytes(world.bytes()));
        let (mut seen, mut tries, mut looks) = (Seen::default(), 0, 0);
        let mut turn = None;
        while tries < TRIES {
            let (counting, same_minute) = (seen.until > millis, seen.minute == minute);
            if same_minute && seen.hits >= limits.per_minute {
                return Ok(Attempted::TooMany(quota(seen.hits, limits, now)));
            }
            let mut beyond = None;
            if counting && seen.failures >= limits.failures {
                match seen.full(millis) {
                    Full::Locked => return Ok(Attempted::Locked),
                    Full::Open if looks == LOOKS => return Ok(Attempted::UnderWay),
                    // Even those who wait are many: no person does that.
                    Full::Open if turn.is_none() && WAITING.available_permits() == 0 => {
                        return Ok(Attempted::Locked);
                    }
                    Full::Open => {
                        turn = turn.or_else(|| WAITING.try_acquire().ok());
                        looks += 1;
                        // Looking takes nothing from those that are still writing.
                        pause((looks + 1).min(8)).await;
                        seen = self.look(address).await?;
                        continue;
                    }
                    Full::Waiting => beyond = Some(seen.failures),
                }
            } else {
                tries += 1;
            }
            let step = Step { address, basis, id: &id, counting, same_minute, beyond };
            match step.count(self, limits, now).await? {
                Ok(row) => {
                    let seen = Seen::read(&row);
                    let sign_in = if row.contains_key("user") { Some(self.store.read(row)?) } else { None };
                    let quota = quota(seen.hits, limits, now);
                    let id = (basis == Basis::Guess).then_some(id);
                    let attempt = Attempt { sign_in, failures: seen.failures, id, quota };
                    return Ok(Attempted::Counted(Box::new(attempt)));
                }
                Err(old) => seen = Seen::read(&old),
            }
        }
        Err(StoreError::Busy("an address is tried by many at once".into()))
    }

    async fn look(&self, address: &AddressKey) -> Result<Seen, StoreError> {
        let get = self.store.client().get_item().table_name(self.store.table()).consistent_read(true);
        let get = get.set_key(Some(key_row(&keys::sign_in(address))));
        let found = get.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?;
        Ok(found.item.as_ref().map(Seen::read).unwrap_or_default())
    }
}

/// One conditional update for the state that was seen.
struct Step<'a> {
    address: &'a AddressKey,
    basis: Basis,
    id: &'a str,
    /// Whether failures are remembered.
    counting: bool,
    same_minute: bool,
    /// The count that was seen, when it is full and this attempt goes on nevertheless.
    beyond: Option<u32>,
}

impl Step<'_> {
    /// `Err` is the row as it really is.
    async fn count(
        &self,
        platform: &PlatformStore<'_>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Result<Row, Row>, StoreError> {
        let guess = self.basis == Basis::Guess;
        let (fail, begin) = if self.counting {
            ("#failures = #failures + :one", " ADD #under_way :me")
        } else {
            ("#failures = :one, #under_way = :me", " REMOVE #tickets")
        };
        let fail_if = match (self.counting, self.beyond) {
            (true, None) => "#until > :now AND #failures < :max",
            (true, Some(_)) => "#until > :now AND #failures = :max",
            (false, _) => "(attribute_not_exists(#until) OR #until <= :now)",
        };
        let (hit, hit_if) = if self.same_minute {
            ("#hits = #hits + :one", "#minute = :minute AND #hits < :limit")
        } else {
            ("#hits = :one", "(attribute_not_exists(#minute) OR #minute <> :minute)")
        };
        // A row without an account goes away by itself; one with an account never does.
        let kept = "#item = :item, #ttl = if_not_exists(#keep, :ttl)";
        let until = now.as_millisecond() + i64::try_from(limits.lock.as_millis()).unwrap_or(i64::MAX / 2);
        let update = if guess {
            format!("SET {fail}, {hit}, #until = :until, #minute = :minute, {kept}{begin}")
        } else {
            format!("SET {hit}, #minute = :minute, {kept}")
        };
        let key = keys::sign_in(self.address);
        let mut counter = counter(&key, &update, &format!("{fail_if} AND {hit_if}"))
            .name("#until", "locked_until")
            .name("#minute", "minute")
            .name("#item", "item")
            .name("#keep", "keep_until")
            .value(":item", text(Kind::SignIn.name()))
            .value(":now", number(now.as_millisecond()))
            .value(":minute", number(now.as_millisecond().div_euclid(MINUTE)))
            .value(":ttl", number(until / 1000 + 3600));
        if guess {
            let me = AttributeValue::Ss(vec![self.id.to_owned()]);
            counter = counter.name("#under_way", "under_way").value(":me", me).value(":until", number(until));
        }
        if guess || self.counting {
            counter = counter.name("#failures", "failures");
        }
        if guess && !self.counting {
            counter = counter.name("#tickets", "tickets");
        }
        if self.counting {
            counter = counter.value(":max", number(self.beyond.unwrap_or(limits.failures)));
        }
        if self.same_minute {
            counter = counter.value(":limit", number(limits.per_minute));
        }
        counter.send_alone(platform.store).await
    }
}
