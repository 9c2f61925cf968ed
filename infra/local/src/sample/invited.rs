//! Two who are invited to Test Brand: one may still answer, one let the time pass. No mail was sent to them; sending the invitation
//! again does it.

use jiff::SignedDuration;
use vestibule_domain::{Email, MemberKind, RoleName, World};
use vestibule_store::{Invitation, Place, TenantStore};

use super::{PEOPLE, SampleError};

/// Address, role, and how many days ago it was sent. The earlier one comes first.
const INVITED: [(&str, &str, i64); 2] =
    [("ezra.expired@example.org", "finance", 10), ("ines.invited@example.org", "viewer", 1)];

/// Writes them, in the name of the administrator.
pub(super) async fn invite(tenant: TenantStore<'_>, world: &World) -> Result<(), SampleError> {
    for (email, role, days) in INVITED {
        let roles = vec![RoleName::parse(role)?];
        let place = Place { roles, kind: MemberKind::Team, groups: Vec::new() };
        let mut invitation = Invitation::new(Email::parse(email)?, &place, PEOPLE[1].user(), world);
        let ago = SignedDuration::from_hours(24 * days);
        for time in [&mut invitation.created, &mut invitation.sent, &mut invitation.expires] {
            *time = time.saturating_sub(ago).unwrap_or(jiff::Timestamp::MIN);
        }
        tenant.seed_invitation(&invitation).await?;
    }
    Ok(())
}
