//! The authorization read: session, membership and compiled roles in one strongly consistent
//! batch, so that a removal or a role edit counts from the next request.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_domain::{PermissionSet, SecuritySettings, SessionId, TenantId, User, UserId, World};

use crate::{
    Answer, Entity, IdempotencyKey, KeptAnswer, Membership, PlatformStore, Session, StoreError,
    engine::command::Command,
    engine::item::{Row, from_row, key_row},
    engine::keys,
    identity::{SessionState, is_idle},
};

/// The compiled roles of a tenant, with what it asks of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authz {
    #[serde(rename = "roles")]
    pub(crate) allowed: BTreeMap<String, PermissionSet>,
    /// Set while the whole tenant is suspended.
    pub(crate) suspended: Option<Timestamp>,
    #[serde(default)]
    pub(crate) security: SecuritySettings,
}

impl Authz {
    /// What a member may do.
    pub(crate) fn permissions(&self, member: &Membership) -> PermissionSet {
        let allowed = member.roles.iter().filter_map(|role| self.allowed.get(role.as_str()));
        member.kind.limit(&allowed.fold(PermissionSet::default(), |all, role| all.union(role)))
    }

    /// Whether a member may do all that anybody in the tenant may do.
    pub(crate) fn leads(&self, member: &Membership) -> bool {
        let everything = self.allowed.values().fold(PermissionSet::default(), |all, role| all.union(role));
        member.suspended.is_none() && everything.is_within(&self.permissions(member))
    }
}

/// What the table says about one request's credentials in a tenant.
#[derive(Debug, Clone)]
pub struct Access {
    /// The membership.
    pub membership: Membership,
    /// What the membership allows.
    pub permissions: PermissionSet,
    /// Whether the tenant wants a second factor that the session lacks.
    pub second_factor_missing: bool,
    /// The answer kept for the request's idempotency key, read in the same round trip.
    pub kept: Option<KeptAnswer>,
}

/// What the table says about one request's credentials outside of any tenant.
#[derive(Debug, Clone)]
pub struct SelfAccess {
    /// The session.
    pub session: Session,
    /// The person.
    pub user: User,
    /// The answer kept for the request's idempotency key, read in the same round trip.
    pub kept: Option<KeptAnswer>,
}

impl PlatformStore<'_> {
    /// Checks session, membership and roles in one round trip. `None` when any of them is
    /// missing, ended, idle for too long or suspended at `now`.
    pub async fn access(
        &self,
        who: (UserId, SessionId, TenantId),
        idempotency: Option<(&str, &IdempotencyKey)>,
        now: Timestamp,
    ) -> Result<Option<Access>, StoreError> {
        let kept_key = idempotency.map(|(partition, key)| keys::idempotency(partition, key));
        let mut rows = self.by_kind(needed(who).iter().chain(&kept_key)).await?;
        self.judge(&mut rows, now)
    }

    /// The same, with the tenant's thing of this `id` read in the same round trip. It is read
    /// before anything is allowed: whoever shows it, or tells that it cannot be read, must check the permission
    /// first.
    pub async fn access_and<E: Entity>(
        &self,
        who: (UserId, SessionId, TenantId),
        id: E::Id,
        now: Timestamp,
    ) -> Result<Option<(Access, Option<Result<E, StoreError>>)>, StoreError> {
        let key = keys::entity(who.2, E::PREFIX, id);
        let mut rows = self.by_kind(needed(who).iter().chain([&key])).await?;
        let Some(access) = self.judge(&mut rows, now)? else { return Ok(None) };
        let thing = rows.remove(E::KIND.name()).map(|row| self.store.read(row));
        Ok(Some((access, thing)))
    }

    fn judge(self, rows: &mut BTreeMap<String, Row>, now: Timestamp) -> Result<Option<Access>, StoreError> {
        let (session, member, roles) = (rows.remove("session"), rows.remove("member"), rows.remove("roles"));
        let (Some(session), Some(member), Some(roles)) = (session, member, roles) else {
            return Ok(None);
        };
        // A session that cannot be read is none: signing in again helps.
        let Some(session) = self.store.if_whole(from_row::<SessionState>(session))? else { return Ok(None) };
        let Some(membership) = self.store.if_whole(self.store.read::<Membership>(member))? else {
            return Ok(None);
        };
        let roles: Authz = from_row(roles)?;
        let shut = membership.suspended.is_some() || roles.suspended.is_some();
        if !session.is_alive(now) || is_idle(&roles.security, session.refreshed, now) || shut {
            return Ok(None);
        }
        Ok(Some(Access {
            kept: self.kept(rows, now)?,
            permissions: roles.permissions(&membership),
            second_factor_missing: roles.security.second_factor && !session.strong,
            membership,
        }))
    }

    fn kept(
        self,
        rows: &mut BTreeMap<String, Row>,
        now: Timestamp,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let kept: Option<KeptAnswer> = rows.remove("answer").map(|row| self.store.read(row)).transpose()?;
        Ok(kept.filter(|kept| kept.is_alive(now)))
    }

    /// Checks the session and the person in one round trip. `None` when the session has ended or
    /// the person may not act at `now`.
    pub async fn self_access(
        &self,
        (user, session): (UserId, SessionId),
        idempotency: Option<(&str, &IdempotencyKey)>,
        now: Timestamp,
    ) -> Result<Option<SelfAccess>, StoreError> {
        let kept_key = idempotency.map(|(partition, key)| keys::idempotency(partition, key));
        let needed = [keys::session(user, session), keys::user(user)];
        let mut rows = self.by_kind(needed.iter().chain(&kept_key)).await?;
        self.judge_person(&mut rows, now)
    }

    /// Whether the session and the person of `rows` allow anything at `now`.
    pub(crate) fn judge_person(
        self,
        rows: &mut BTreeMap<String, Row>,
        now: Timestamp,
    ) -> Result<Option<SelfAccess>, StoreError> {
        let kept = self.kept(rows, now)?;
        let (Some(session), Some(user)) = (rows.remove("session"), rows.remove("user")) else {
            return Ok(None);
        };
        let Some(session) = self.store.if_whole(self.store.read(session))? else { return Ok(None) };
        let found = SelfAccess { session, user: self.store.read(user)?, kept };
        let alive = found.session.is_alive(now) && found.user.is_active();
        Ok(Some(found).filter(|found| alive && found.session.epoch == found.user.epoch))
    }

    /// The answer kept for a key, if it still counts at `now`.
    pub async fn find_answer(
        &self,
        partition: &str,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let kept: Option<KeptAnswer> = self.store.get(&keys::idempotency(partition, key)).await?;
        Ok(kept.filter(|kept| kept.is_alive(now)))
    }

    /// Keeps the answer to a request that changed nothing, so that its repetition changes nothing either.
    pub async fn keep_answer(&self, answer: Answer, world: &World) -> Result<(), StoreError> {
        Command::new().answering(Some(answer), world)?.commit(self.store).await
    }

    /// Rows of different kinds in one strong batch read, by their kind.
    pub(crate) async fn by_kind(
        &self,
        wanted: impl Iterator<Item = &keys::Key>,
    ) -> Result<BTreeMap<String, Row>, StoreError> {
        Ok(by_kind(self.store.batch_get(wanted.map(key_row).collect()).await?))
    }
}

/// The rows that decide about a request in a tenant.
fn needed((user, session, tenant): (UserId, SessionId, TenantId)) -> [keys::Key; 3] {
    [keys::session(user, session), keys::member(tenant, user), keys::roles(tenant)]
}

/// Rows by their kind.
pub(crate) fn by_kind(rows: Vec<Row>) -> BTreeMap<String, Row> {
    rows.into_iter().filter_map(|row| Some((kind(&row)?, row))).collect()
}

fn kind(row: &Row) -> Option<String> {
    row.get("item")?.as_s().ok().cloned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_dynamodb::types::AttributeValue;
    use vestibule_domain::Permission;

    use super::*;

    #[test]
    fn roles_that_were_stored_as_whole_numbers_are_read() {
        let kept = HashMap::from([("admin".to_owned(), AttributeValue::N("9".to_owned()))]);
        let row = Row::from([
            ("roles".to_owned(), AttributeValue::M(kept)),
            ("suspended".to_owned(), AttributeValue::Null(true)),
        ]);
        let roles: Authz = from_row(row).unwrap();
        assert_eq!(
            roles.allowed["admin"],
            [Permission::HiresView, Permission::ProvisioningRun].into_iter().collect()
        );
    }
}
