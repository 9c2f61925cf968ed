//! Writing a whole tenant at once: settings, roles, people with a session each, and the webhook
//! endpoint. Used by a local stack's first start and by tests; everybody else founds a tenant.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vestibule_auth::PasswordHash;
use vestibule_domain::{
    Email, MemberKind, PermissionSet, RoleName, SessionId, Tenant, TenantId, User, UserId,
};

use crate::{
    Conflict, Endpoint, Membership, PlatformStore, Session, StoreError,
    engine::command::{Action, Command},
    engine::item::{text, to_row},
    engine::keys,
    engine::kinds::Kind,
    identity::copy_of,
    tenancy::{authz::Authz, founding::claiming},
};

/// A new person of a new tenant.
#[derive(Debug, Clone)]
pub struct SeedUser {
    /// The person.
    pub user: User,
    /// Their password, if they have one.
    pub password: Option<PasswordHash>,
    /// A session that is there from the start.
    pub session: Option<Session>,
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
    /// Its members, new and known: who, their address, their role.
    pub members: Vec<(UserId, Email, RoleName)>,
    /// The people among them who are new.
    pub users: Vec<SeedUser>,
}

impl Session {
    /// A session that nobody signed in for: without a refresh token and without a device.
    pub fn seeded(
        id: SessionId,
        tenant: Option<TenantId>,
        (created, expires): (Timestamp, Timestamp),
    ) -> Self {
        Self {
            id,
            tenant,
            epoch: 0,
            created,
            refreshed: None,
            refreshed_before: None,
            expires,
            ended: None,
            strong: false,
            method: "sample".into(),
            device: None,
            current: None,
            previous: None,
            salt: None,
        }
    }
}

impl PlatformStore<'_> {
    /// Writes the tenant in one transaction; a conflict when it exists already.
    pub async fn create_tenant(&self, seed: &SeedTenant) -> Result<(), StoreError> {
        let tenant = seed.tenant.id;
        let (allowed, security) = (seed.roles.clone(), seed.tenant.security);
        let roles = Authz { allowed, suspended: None, security };
        let mut rows = vec![
            to_row(&keys::tenant(tenant), Kind::Tenant, &seed.tenant)?,
            to_row(&keys::roles(tenant), Kind::Roles, &roles)?,
        ];
        if let Some(id) = seed.tenant.endpoint {
            let endpoint = Endpoint { id, tenant, provider: seed.provider.clone() };
            rows.push(to_row(&keys::endpoint(id), Kind::Endpoint, &endpoint)?);
        }
        for (user, email, role) in &seed.members {
            let (user, email, roles) = (*user, email.clone(), vec![role.clone()]);
            rows.push(Membership::new((tenant, user), email, roles, None).row()?);
        }
        for SeedUser { user, session, .. } in &seed.users {
            rows.push(to_row(&keys::user(user.id), Kind::User, user)?);
            rows.extend(session.as_ref().map(|session| session.row(user.id)).transpose()?);
        }
        let mut command = claiming(Command::new(), &seed.tenant)?.listing_tenant(&seed.tenant);
        for row in rows {
            command = command.and(Action::put(row).if_new(), Conflict::Exists);
        }
        for SeedUser { user, password, .. } in &seed.users {
            let address = self.store.sealer().address_key(&user.email);
            let copy = copy_of(user, &address, password.as_ref(), true);
            let copy = copy.value(":user", text(user.id.to_string())).when("attribute_not_exists(#user)");
            command = command.and(copy, Conflict::Exists);
        }
        command.commit(self.store).await
    }

    /// Writes the membership of a colleague, whatever was there.
    pub async fn seed_member(
        &self,
        tenant: TenantId,
        user: UserId,
        email: Email,
        role: &RoleName,
    ) -> Result<(), StoreError> {
        self.seed_member_as(MemberKind::Team, (tenant, user), email, role).await
    }

    /// The same of somebody of any kind.
    pub async fn seed_member_as(
        &self,
        kind: MemberKind,
        who: (TenantId, UserId),
        email: Email,
        role: &RoleName,
    ) -> Result<(), StoreError> {
        let membership = Membership { kind, ..Membership::new(who, email, vec![role.clone()], None) };
        // Whoever it was before: the seats are counted anew when they are needed.
        let uncounted = Action::delete(&keys::seats(who.0));
        let command = Command::new().and(Action::put(membership.row()?), Conflict::Stale);
        command.and(uncounted, Conflict::Stale).commit(self.store).await
    }

    /// Writes a session anew, whatever became of the one with its id.
    pub async fn seed_session(&self, user: UserId, session: &Session) -> Result<(), StoreError> {
        Command::new().and(Action::put(session.row(user)?), Conflict::Stale).commit(self.store).await
    }
}
