//! Writing a whole tenant at once: settings, roles, people with a session each, and the webhook
//! endpoint. Used by a local stack's first start and by tests; sign-up will use the same command.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vestibule_domain::{Email, PermissionSet, SessionId, Tenant, UserId};

use crate::{
    Conflict, Endpoint, Membership, PlatformStore, Session, StoreError,
    authz::Roles,
    command::{Action, Command},
    item::{text, to_row},
    keys,
};

/// A person of a new tenant.
#[derive(Debug, Clone)]
pub struct SeedUser {
    /// The person's id.
    pub id: UserId,
    /// Their address.
    pub email: Email,
    /// The name of their role.
    pub role: String,
    /// Their session.
    pub session: SessionId,
    /// When the session ends at the latest.
    pub session_expires: Timestamp,
}

/// A new tenant.
#[derive(Debug, Clone)]
pub struct SeedTenant {
    /// The tenant and its settings.
    pub tenant: Tenant,
    /// The e-sign provider of its endpoint.
    pub provider: String,
    /// Its roles and what each allows.
    pub roles: BTreeMap<String, PermissionSet>,
    /// Its people.
    pub users: Vec<SeedUser>,
}

impl PlatformStore<'_> {
    /// Writes the tenant in one transaction; a conflict when it exists already.
    pub async fn create_tenant(&self, seed: &SeedTenant) -> Result<(), StoreError> {
        let tenant = seed.tenant.id;
        let roles = Roles { roles: seed.roles.clone(), suspended: None };
        let endpoint = Endpoint { id: seed.tenant.endpoint, tenant, provider: seed.provider.clone() };
        let mut rows = vec![
            to_row(&keys::tenant(tenant), "tenant", &seed.tenant)?,
            to_row(&keys::roles(tenant), "roles", &roles)?,
            to_row(&keys::endpoint(endpoint.id), "endpoint", &endpoint)?,
        ];
        for user in &seed.users {
            let membership = Membership {
                user: user.id,
                email: user.email.clone(),
                role: user.role.clone(),
                suspended: None,
            };
            let session = Session { id: user.session, expires: user.session_expires, ended: None };
            let mut member = to_row(&keys::member(tenant, user.id), "member", &membership)?;
            member.insert("GSI1PK".into(), text(keys::user(user.id).pk));
            member.insert("GSI1SK".into(), text(keys::tenant_partition(tenant)));
            rows.push(member);
            rows.push(to_row(&keys::session(user.id, user.session), "session", &session)?);
        }
        let writes = rows.into_iter().map(|row| Action::put(row).if_new());
        writes
            .fold(Command::new(), |command, write| command.and(write, Conflict::Exists))
            .commit(self.store)
            .await
    }
}
