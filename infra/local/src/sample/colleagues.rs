//! The other members of Test Brand, over the roles of a brand and all kinds, so that lists have something to show. They have the
//! sample password.

use vestibule_auth::PasswordHash;
use vestibule_domain::{Email, Id, Invalid, MemberKind, PersonName, RoleName, TenantId, User, UserId, World};
use vestibule_store::{PlatformStore, SeedTenant, SeedUser};

use super::SampleError;

/// One of them: name, role, kind.
pub(super) struct Colleague(&'static str, &'static str, MemberKind);

pub(super) const COLLEAGUES: [Colleague; 9] = [
    Colleague("Mara Manager", "manager", MemberKind::Team),
    Colleague("Finn Finance", "finance", MemberKind::Team),
    Colleague("Cleo Castle", "creator_manager", MemberKind::Team),
    Colleague("Cora Content", "content_manager", MemberKind::Team),
    Colleague("Suri Support", "support", MemberKind::Team),
    Colleague("Vera Viewer", "viewer", MemberKind::Team),
    Colleague("Kit Creator", "viewer", MemberKind::Creator),
    Colleague("Cato Contractor", "viewer", MemberKind::Contractor),
    Colleague("Vito Vendor", "viewer", MemberKind::Vendor),
];

/// The number of the first one's id; the people before have the lower ones.
const FIRST: u128 = 11;

impl Colleague {
    /// Their address, by their first name.
    pub(super) fn email(&self) -> Result<Email, Invalid> {
        let first = self.0.split(' ').next().unwrap_or_default();
        Email::parse(&format!("{}@test-brand.local", first.to_lowercase()))
    }
}

/// Address, role and kind of each, for people to read.
pub(crate) fn told() -> Vec<(String, &'static str, &'static str)> {
    let each = |colleague: &Colleague| {
        let email = colleague.email().ok()?.as_str().to_owned();
        Some((email, colleague.1, colleague.2.name()))
    };
    COLLEAGUES.iter().filter_map(each).collect()
}

/// All of them with their ids.
pub(super) fn all() -> impl Iterator<Item = (UserId, &'static Colleague)> {
    COLLEAGUES.iter().zip(FIRST..).map(|(colleague, number)| (Id::from_parts(0, number), colleague))
}

/// Adds the people to a tenant that is written, and those inside as its members.
pub(super) fn join(seed: &mut SeedTenant, hash: &PasswordHash, world: &World) -> Result<(), Invalid> {
    for (id, colleague) in all() {
        let (email, name) = (colleague.email()?, PersonName::parse(colleague.0)?);
        let mut user = User::new(id, email.clone(), name, world);
        user.last_tenant = Some(seed.tenant.id);
        seed.users.push(SeedUser { user, password: Some(hash.clone()), session: None });
        if colleague.2 == MemberKind::Team {
            seed.members.push((id, email, RoleName::parse(colleague.1)?));
        }
    }
    Ok(())
}

/// Writes the memberships of those outside.
pub(super) async fn join_outside(platform: PlatformStore<'_>, tenant: TenantId) -> Result<(), SampleError> {
    for (id, colleague) in all().filter(|(_, colleague)| colleague.2 != MemberKind::Team) {
        let role = RoleName::parse(colleague.1)?;
        platform.seed_member_as(colleague.2, (tenant, id), colleague.email()?, &role).await?;
    }
    Ok(())
}
