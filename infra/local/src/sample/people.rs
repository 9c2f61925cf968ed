//! The three people of the sample tenant. Their ids are the same on every machine.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use vestibule_domain::{
    Email, Id, Invalid, Permission, PermissionSet, SessionId, Tenant, TenantId, UserId, World,
};
use vestibule_store::{SeedTenant, SeedUser};

/// One sample person.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// The name used in local development.
    pub name: &'static str,
    /// Their address.
    pub email: &'static str,
    /// Their role.
    pub role: &'static str,
    number: u128,
}

/// Super admin, tenant admin, team member.
pub const PEOPLE: [Person; 3] = [
    Person { name: "debug_super_admin", email: "super@test.local", role: "admin", number: 1 },
    Person { name: "debug_tenant_admin", email: "admin@test-brand.local", role: "admin", number: 2 },
    Person { name: "debug_team_member", email: "member@test-brand.local", role: "member", number: 3 },
];

/// Sample sessions last a year; a stack that is older starts with a new data folder.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 365);

impl Person {
    /// Their id.
    pub fn user(&self) -> UserId {
        Id::from_parts(0, self.number)
    }

    /// Their session's id.
    pub fn session(&self) -> SessionId {
        Id::from_parts(0, self.number)
    }
}

/// The id of the Test Brand tenant, `test_tenant_default` in requirements' words.
pub(super) fn tenant_id() -> TenantId {
    Id::from_parts(0, 1)
}

pub(super) fn seed(tenant: Tenant, world: &World) -> Result<SeedTenant, Invalid> {
    let session_expires = world.now().saturating_add(SESSION).unwrap_or(jiff::Timestamp::MAX);
    let user = |person: &Person| {
        let (id, session, role) = (person.user(), person.session(), person.role.to_owned());
        Ok(SeedUser { id, email: Email::parse(person.email)?, role, session, session_expires })
    };
    let member = [Permission::HiresView, Permission::ProvisioningView].into_iter().collect();
    let roles = BTreeMap::from([("admin".to_owned(), PermissionSet::all()), ("member".to_owned(), member)]);
    let users: Result<_, Invalid> = PEOPLE.iter().map(user).collect();
    Ok(SeedTenant { tenant, provider: "docusign".into(), roles, users: users? })
}
