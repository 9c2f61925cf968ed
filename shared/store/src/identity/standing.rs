//! What decides whether somebody may go on, read without opening anything sealed: these rows are read with
//! every request.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use vestibule_domain::{SecuritySettings, TenantId, UserId, UserStatus};

use super::Family;
use crate::{
    PlatformStore, StoreError,
    engine::item::{from_row, key_row},
    engine::keys,
    tenancy::authz::by_kind,
};

/// The part of a [`Session`](super::Session) that decides.
#[derive(Debug, Deserialize)]
pub(crate) struct SessionState {
    pub(crate) refreshed: Option<Timestamp>,
    pub(crate) expires: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) strong: bool,
}

impl SessionState {
    /// As [`Session::is_alive`](super::Session::is_alive).
    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.expires
    }
}

/// The part of a person's record that decides.
#[derive(Deserialize)]
struct PersonState {
    status: UserStatus,
    epoch: u64,
}

/// The part of a membership that decides.
#[derive(Deserialize)]
struct MemberState {
    suspended: Option<Timestamp>,
}

/// The part of a tenant's roles that decides for everybody.
#[derive(Deserialize)]
struct TenantState {
    suspended: Option<Timestamp>,
    #[serde(default)]
    security: SecuritySettings,
}

/// Whether a session last refreshed then has gone unused for longer than its tenant allows.
pub(crate) fn is_idle(security: &SecuritySettings, refreshed: Option<Timestamp>, now: Timestamp) -> bool {
    let allowed = security.idle_minutes.map(|minutes| SignedDuration::from_mins(minutes.into()));
    let idle = refreshed.map(|refreshed| now.duration_since(refreshed));
    idle.zip(allowed).is_some_and(|(idle, allowed)| idle > allowed)
}

/// The attributes of all three, and what names each row.
const DECIDING: [&str; 7] = ["PK", "SK", "item", "status", "epoch", "suspended", "security"];

/// Whether a session may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may; in its tenant while the person is a member there who may act.
    Good(Option<TenantId>),
    /// The person may not act, their sessions were ended, or this one was idle for too long.
    Over,
}

impl PlatformStore<'_> {
    /// Whether the session of `user` may go on at `now`: one round trip.
    pub async fn standing(
        &self,
        user: UserId,
        family: &Family,
        now: Timestamp,
    ) -> Result<Standing, StoreError> {
        let tenant = family.tenant;
        let of_tenant = tenant.map(|tenant| [keys::member(tenant, user), keys::roles(tenant)]);
        let wanted = [keys::user(user)];
        let wanted = wanted.iter().chain(of_tenant.iter().flatten()).map(key_row).collect();
        let mut rows = by_kind(self.store.batch_get_parts(wanted, &DECIDING).await?);
        let Some(person) = rows.remove("user") else { return Ok(Standing::Over) };
        let person: PersonState = from_row(person)?;
        if !person.status.is_active() || person.epoch != family.epoch {
            return Ok(Standing::Over);
        }
        let (Some(member), Some(roles)) = (rows.remove("member"), rows.remove("roles")) else {
            return Ok(Standing::Good(None));
        };
        let (member, place): (MemberState, TenantState) = (from_row(member)?, from_row(roles)?);
        if is_idle(&place.security, family.refreshed, now) {
            return Ok(Standing::Over);
        }
        let open = member.suspended.is_none() && place.suspended.is_none();
        Ok(Standing::Good(tenant.filter(|_| open)))
    }
}
