//! Leaving a tenant: never by its last administrator, not even when two of them leave at once.

use jiff::Timestamp;
use vestibule_domain::{TenantId, UserId};

use crate::{
    Conflict, Membership, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::keys,
    tenancy::{authz::Authz, leading::find_leader},
};

/// Whether a person may leave a tenant.
#[derive(Debug)]
pub enum Leaving {
    /// They may, with this.
    Allowed(Leave),
    /// Nobody else there could do everything.
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
}

impl Leave {
    pub(super) fn write(
        &self,
        command: Command,
        user: UserId,
        now: Timestamp,
    ) -> Result<Command, StoreError> {
        let mut command = match &self.own {
            Some(own) => command.and(own.ending(), Conflict::Stale).and(own.parting(now)?, Conflict::Stale),
            None => {
                let gone = Action::delete(&keys::member(self.tenant, user)).when("attribute_exists(PK)");
                command.and(gone, Conflict::NotMember)
            }
        };
        if let Some(other) = &self.other {
            command = command.and(other.stays(), Conflict::Stale);
        }
        Ok(command)
    }
}

impl PlatformStore<'_> {
    /// Looks whether `user` may leave `tenant`: somebody else must hold a role that allows everything.
    pub async fn prepare_leaving(&self, tenant: TenantId, user: UserId) -> Result<Leaving, StoreError> {
        let own = match self.find_membership(tenant, user).await {
            Ok(None) => return Ok(Leaving::NotMember),
            read => self.store.if_whole(read)?.flatten(),
        };
        let Some(roles): Option<Authz> = self.store.get(&keys::roles(tenant)).await? else {
            return Ok(Leaving::NotMember);
        };
        // Whoever's own row cannot be read may have been an administrator.
        if own.as_ref().is_some_and(|own| !roles.leads(own)) {
            return Ok(Leaving::Allowed(Leave { tenant, own, other: None }));
        }
        let other = find_leader(self.store, tenant, Some(user), |member| roles.leads(member)).await?;
        Ok(match other {
            Some(other) => Leaving::Allowed(Leave { tenant, own, other: Some(other) }),
            None => Leaving::LastAdministrator,
        })
    }
}
