//! Leaving a tenant: never by its last administrator, not even when two of them leave at once.

use jiff::Timestamp;
use vestibule_domain::{TenantId, User, UserId};

use crate::{
    Conflict, Membership, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::keys,
    tenancy::{
        authz::Authz,
        leading::find_leader,
        roles::{RolesVersion, roles_stay},
        seats::leaving,
    },
};

/// Whether a person may leave a tenant.
#[derive(Debug)]
pub enum Leaving {
    /// They may, with this.
    Allowed(Box<Leave>),
    /// Nobody else there could do everything and sign in.
    LastAdministrator,
    /// They are not a member.
    NotMember,
}

/// The right to leave a tenant, good for one try.
#[derive(Debug)]
pub struct Leave {
    pub(super) tenant: TenantId,
    /// What is remembered of them; `None` of somebody whose own row cannot be read.
    own: Option<Membership>,
    /// Another administrator, who must still be one.
    other: Option<Membership>,
    /// The version of the roles by which that was decided.
    roles: u64,
}

impl Leave {
    pub(super) fn write(&self, command: Command, user: &User, now: Timestamp) -> Result<Command, StoreError> {
        let mut command = if let Some(own) = &self.own {
            let parting = own.parting(Some(&user.name), now)?;
            command.and(own.ending(), Conflict::Stale).and(parting, Conflict::Stale)
        } else {
            let gone = Action::delete(&keys::member(self.tenant, user.id)).when("attribute_exists(PK)");
            command.and(gone, Conflict::NotMember)
        };
        command = command.and(roles_stay(self.tenant, self.roles), Conflict::Stale);
        command = command.and(leaving(self.tenant), Conflict::NoSeat);
        if let Some(other) = &self.other {
            command = command.led_by(other);
        }
        Ok(command)
    }
}

impl PlatformStore<'_> {
    /// Looks whether `user` may leave `tenant`: somebody else must hold a role that allows everything, and be able to sign in.
    pub async fn prepare_leaving(&self, tenant: TenantId, user: UserId) -> Result<Leaving, StoreError> {
        self.store.count_seats(tenant).await?;
        let own = match self.find_membership(tenant, user).await {
            Ok(None) => return Ok(Leaving::NotMember),
            read => self.store.if_whole(read)?.flatten(),
        };
        // The version first: what the roles are then is at least as new, and a change between the two is noticed.
        let version: Option<RolesVersion> = self.store.get(&keys::roles_version(tenant)).await?;
        let version = version.map_or(0, |found| found.version);
        let Some(roles): Option<Authz> = self.store.get(&keys::roles(tenant)).await? else {
            return Ok(Leaving::NotMember);
        };
        // Whoever's own row cannot be read may have been an administrator.
        if own.as_ref().is_some_and(|own| !roles.leads(own)) {
            return Ok(Leaving::Allowed(Box::new(Leave { tenant, own, other: None, roles: version })));
        }
        let other = find_leader(self.store, tenant, Some(user), |member| roles.leads(member)).await?;
        Ok(match other {
            Some(other) => {
                Leaving::Allowed(Box::new(Leave { tenant, own, other: Some(other), roles: version }))
            }
            None => Leaving::LastAdministrator,
        })
    }
}
