//! The three people of the sample tenant. Their ids are the same on every machine.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use vestibule_auth::PasswordHash;
use vestibule_domain::{
    Email, Id, Invalid, Permission, PermissionSet, PersonName, Preset, RoleName, SessionId, Tenant, TenantId,
    User, UserId, World,
};
use vestibule_store::{SeedTenant, SeedUser, Session};

/// One sample person.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// The name used in local development.
    pub name: &'static str,
    /// Their address.
    pub email: &'static str,
    /// How they are called.
    pub title: &'static str,
    /// Their role.
    pub role: &'static str,
    pub(super) number: u128,
}

/// Super admin, tenant admin, team member.
pub const PEOPLE: [Person; 3] = [
    Person {
        name: "debug_super_admin",
        email: "super@test.local",
        title: "Sam Super",
        role: "admin",
        number: 1,
    },
    Person {
        name: "debug_tenant_admin",
        email: "admin@test-brand.local",
        title: "Alex Admin",
        role: "admin",
        number: 2,
    },
    Person {
        name: "debug_team_member",
        email: "member@test-brand.local",
        title: "Mika Member",
        role: "member",
        number: 3,
    },
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
pub(crate) fn tenant_id() -> TenantId {
    Id::from_parts(0, 1)
}

/// The id of the second sample tenant.
pub(super) fn second_id() -> TenantId {
    Id::from_parts(0, 2)
}

/// Two of its own, and those of a brand.
fn roles() -> BTreeMap<String, PermissionSet> {
    let brand = Preset::Brand.roles().iter().map(|role| (role.name.to_owned(), role.permissions()));
    let member = [Permission::HiresView, Permission::ProvisioningView].into_iter().collect();
    let own = [("admin".to_owned(), PermissionSet::all()), ("member".to_owned(), member)];
    own.into_iter().chain(brand).collect()
}

/// Test Brand with all three people, who are new.
pub(super) fn seed(tenant: Tenant, hash: &PasswordHash, world: &World) -> Result<SeedTenant, Invalid> {
    let (mut members, mut users) = (Vec::new(), Vec::new());
    for person in &PEOPLE {
        let email = Email::parse(person.email)?;
        members.push((person.user(), email.clone(), RoleName::parse(person.role)?));
        let mut user = User::new(person.user(), email, PersonName::parse(person.title)?, world);
        user.last_tenant = Some(tenant.id);
        let session = Some(session(person, Some(tenant.id), 0, world));
        users.push(SeedUser { user, password: Some(hash.clone()), session });
    }
    Ok(SeedTenant { tenant, provider: "docusign".into(), roles: roles(), members, users })
}

/// The second tenant: the team member of the first is an administrator here, the super admin a member.
pub(super) fn seed_second(tenant: Tenant) -> Result<SeedTenant, Invalid> {
    let [super_admin, _, team_member] = &PEOPLE;
    let member = |person: &Person, role: &str| {
        Ok::<_, Invalid>((person.user(), Email::parse(person.email)?, RoleName::parse(role)?))
    };
    let members = vec![member(team_member, "admin")?, member(super_admin, "member")?];
    Ok(SeedTenant { tenant, provider: "docusign".into(), roles: roles(), members, users: Vec::new() })
}

/// The session that a person of this epoch has from the start, without a refresh token.
pub(super) fn session(person: &Person, tenant: Option<TenantId>, epoch: u64, world: &World) -> Session {
    let expires = world.now().saturating_add(SESSION).unwrap_or(jiff::Timestamp::MAX);
    Session { epoch, ..Session::seeded(person.session(), tenant, (world.now(), expires)) }
}
