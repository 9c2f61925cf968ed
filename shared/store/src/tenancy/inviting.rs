//! Inviting, sending again and revoking: each with its mail, its lock and its audit record, and on the condition that the one
//! who does it and the roles are as they were read.

use jiff::Timestamp;
use serde_json::{Value, json};
use vestibule_domain::{Delivery, Email, InvitationId, Permission, World};

use crate::{
    Answer, AuditRecord, Conflict, CursorError, CursorKey, Entity as _, Invitation, Membership, Page,
    PageRequest, StoreError, Suppression, TenantRoles, TenantStore,
    engine::command::{Action, Command},
    engine::item::{text, to_row},
    engine::keys,
    engine::kinds::Kind,
    tenancy::{invitation::Invited, invitees::find, roles::roles_stay},
};

/// Most invitations of one transaction, which has at most 100 writes.
pub const MOST_INVITED_AT_ONCE: usize = 20;

/// An invitation with what decides about changing it.
#[derive(Debug)]
pub struct InvitationToChange {
    /// The roles, with what the one who acts holds.
    pub roles: TenantRoles,
    /// The invitation.
    pub invitation: Invitation,
    suppression: Option<Suppression>,
}

impl InvitationToChange {
    /// What becomes of a mail that is sent `now`, where the address is known to get none.
    pub fn suppressed(&self, now: Timestamp) -> Option<Delivery> {
        self.suppression.as_ref().map(|suppression| suppression.tells(now))
    }
}

/// What the audit log tells of an invitation.
fn told(invitation: &Invitation) -> Value {
    let Invitation { roles, kind, groups, expires, .. } = invitation;
    json!({ "roles": roles, "kind": kind.name(), "groups": groups, "expires": expires })
}

impl TenantStore<'_> {
    /// One page of invitations, the latest first; of those that are `wanted`, when only `some` are.
    pub async fn list_invitations(
        &self,
        wanted: impl Fn(&Invitation) -> bool + Send,
        some: bool,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<Invitation>, CursorError>, StoreError> {
        self.sifted(wanted, some, request, key).await
    }

    /// An invitation for somebody who changes it: a conflict if they may not invite any more. With `email`, its address, also whether
    /// that gets mails.
    pub async fn find_invitation_to_change(
        &self,
        id: InvitationId,
        email: Option<&Email>,
    ) -> Result<Option<InvitationToChange>, StoreError> {
        let key = keys::entity(self.tenant(), keys::INVITATIONS, id);
        let unsent = email.map(|email| keys::suppression(&self.store.sealer().address_key(email)));
        let wanted: Vec<_> = [key.clone()].into_iter().chain(unsent.clone()).collect();
        let (roles, rows) = self.roles_and(&wanted, Some(Permission::TeamInvite)).await?;
        let Some(row) = find(&rows, &key) else { return Ok(None) };
        let suppression =
            unsent.and_then(|key| find(&rows, &key)).map(|row| self.store.read(row)).transpose()?;
        Ok(Some(InvitationToChange { roles, invitation: self.store.read(row)?, suppression }))
    }

    /// Writes invitations and their mails, at most [`MOST_INVITED_AT_ONCE`]. One of version 0 is new; any other takes the place
    /// of the one that was read. [`Conflict::Invited`] when an address was invited meanwhile, [`Conflict::Stale`] when an
    /// invitation, the one who invites or the roles were changed.
    pub async fn invite(
        &self,
        by: &TenantRoles,
        invitations: &[Invitation],
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let mut command = self.standing(Command::new(), by);
        for invitation in invitations {
            let action = if invitation.version == 0 { "invitation.create" } else { "invitation.send" };
            command = self.with_invitation(command, invitation)?;
            command = command.mailing(&invitation.mail(self.tenant(), world))?;
            let values = (json!(null), told(invitation));
            let record = AuditRecord::new(self.scope, action, invitation.id.to_string(), values, world);
            command = command.audited(self.scope, &record)?;
        }
        command.answering(answer, world)?.commit(self.store).await
    }

    /// Writes the end of an invitation and gives its address free.
    pub async fn revoke_invitation(
        &self,
        by: &TenantRoles,
        mut invitation: Invitation,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let by = self.standing(Command::new(), by);
        let values = (told(&invitation), json!({ "state": "revoked" }));
        let record =
            AuditRecord::new(self.scope, "invitation.revoke", invitation.id.to_string(), values, world);
        let command = self.ending(by, &mut invitation)?.audited(self.scope, &record)?;
        command.answering(answer, world)?.commit(self.store).await
    }

    /// Writes an invitation as it stands, with the lock of its address and without a mail: what a local stack begins with.
    pub async fn seed_invitation(&self, invitation: &Invitation) -> Result<(), StoreError> {
        self.with_invitation(Command::new(), invitation)?.commit(self.store).await
    }

    /// Adds the write of an invitation that ended, and gives its address free.
    pub(crate) fn ending(
        &self,
        command: Command,
        invitation: &mut Invitation,
    ) -> Result<Command, StoreError> {
        let read = invitation.version;
        *invitation.version() = read + 1;
        let address = self.store.sealer().address_key(&invitation.email);
        let free = Action::delete(&keys::invited(self.tenant(), &address))
            .value(":id", text(invitation.id.to_string()))
            .when("invitation = :id");
        let command = command.and(self.replacing(invitation, read)?, Conflict::Stale);
        Ok(command.and(free, Conflict::Stale))
    }

    /// Holds only while the one who invites and the roles are as they were read.
    fn standing(&self, command: Command, by: &TenantRoles) -> Command {
        let stays = by.author.as_ref().map(Membership::stays);
        let all = stays.into_iter().chain([roles_stay(self.tenant(), by.version)]);
        all.fold(command, |command, holds| command.and(holds, Conflict::Stale))
    }

    fn with_invitation(&self, command: Command, invitation: &Invitation) -> Result<Command, StoreError> {
        if invitation.version > 0 {
            let mut next = invitation.clone();
            *next.version() += 1;
            return Ok(command.and(self.replacing(&next, invitation.version)?, Conflict::Stale));
        }
        let mut first = invitation.clone();
        *first.version() = 1;
        let address = self.store.sealer().address_key(&invitation.email);
        let lock = Invited { invitation: invitation.id };
        let lock = Action::put(to_row(&keys::invited(self.tenant(), &address), Kind::Invited, &lock)?);
        let command = command.and(lock.if_new(), Conflict::Invited);
        Ok(command.and(self.making(&first)?, Conflict::Exists))
    }
}
