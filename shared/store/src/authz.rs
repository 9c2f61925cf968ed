//! The authorization read: session, membership and compiled roles in one strongly consistent
//! batch, so that a removal or a role edit counts from the next request.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_domain::{Email, PermissionSet, SessionId, TenantId, UserId};

use crate::{
    IdempotencyKey, KeptAnswer, PlatformStore, StoreError,
    item::{Row, from_row, key_row},
    keys,
};

/// A signed-in session of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// It ends here at the latest.
    pub expires: Timestamp,
    /// Set when it was ended early.
    pub ended: Option<Timestamp>,
}

/// A person's place in a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Who.
    pub user: UserId,
    /// Their address.
    pub email: Email,
    /// The name of their role in this tenant.
    pub role: String,
    /// Set while they may not act here.
    pub suspended: Option<Timestamp>,
}

/// The compiled roles of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Roles {
    pub(crate) roles: BTreeMap<String, PermissionSet>,
    /// Set while the whole tenant is suspended.
    pub(crate) suspended: Option<Timestamp>,
}

/// What the table says about one request's credentials.
#[derive(Debug, Clone)]
pub struct Access {
    /// The membership.
    pub membership: Membership,
    /// What the membership's role allows.
    pub permissions: PermissionSet,
    /// The answer kept for the request's idempotency key, read in the same round trip.
    pub kept: Option<KeptAnswer>,
}

impl PlatformStore<'_> {
    /// Checks session, membership and roles in one round trip. `None` when any of them is
    /// missing, ended or suspended at `now`.
    pub async fn access(
        &self,
        (user, session, tenant): (UserId, SessionId, TenantId),
        idempotency: Option<(&str, &IdempotencyKey)>,
        now: Timestamp,
    ) -> Result<Option<Access>, StoreError> {
        let wanted = [keys::session(user, session), keys::member(tenant, user), keys::roles(tenant)];
        let kept_key = idempotency.map(|(caller, key)| keys::idempotency(caller, key));
        let rows = self.store.batch_get(wanted.iter().chain(&kept_key).map(key_row).collect()).await?;
        let mut by_kind: BTreeMap<String, Row> =
            rows.into_iter().filter_map(|row| Some((kind(&row)?, row))).collect();
        let mut take = |kind: &str| by_kind.remove(kind);
        let (session, member, roles, kept) = (take("session"), take("member"), take("roles"), take("answer"));
        let (Some(session), Some(member), Some(roles)) = (session, member, roles) else {
            return Ok(None);
        };
        let (session, membership, roles): (Session, Membership, Roles) =
            (from_row(session)?, from_row(member)?, from_row(roles)?);
        let alive = session.ended.is_none() && now < session.expires;
        if !alive || membership.suspended.is_some() || roles.suspended.is_some() {
            return Ok(None);
        }
        let permissions = roles.roles.get(&membership.role).copied().unwrap_or_default();
        let kept: Option<KeptAnswer> = kept.map(from_row).transpose()?;
        Ok(Some(Access { membership, permissions, kept: kept.filter(|kept| kept.is_alive(now)) }))
    }

    /// The answer kept for a key, if it still counts at `now`.
    pub async fn find_answer(
        &self,
        caller: &str,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let kept: Option<KeptAnswer> = self.store.get(&keys::idempotency(caller, key)).await?;
        Ok(kept.filter(|kept| kept.is_alive(now)))
    }
}

fn kind(row: &Row) -> Option<String> {
    row.get("item")?.as_s().ok().cloned()
}
