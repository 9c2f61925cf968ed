//! What the holder of an invitation's link can do: look at it, join by it, decline it. The one who sent it must still be allowed
//! to give what it gives, a seat must be free, and the link must be the one that was sent last.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use vestibule_auth::{Actor, InvitationToken, PasswordHash, SystemTask, TenantScope, TokenDigest};
use vestibule_domain::{
    InvitationId, InvitationState, Permission, PersonName, Tenant, TenantId, User, UserId, World,
};

use crate::{
    Answer, AuditRecord, Conflict, Invitation, InvitationEnd, Membership, PlatformStore, StoreError,
    TenantRoles,
    engine::command::{Action, Command},
    engine::item::{key_row, text},
    engine::keys,
    tenancy::{authz::Authz, invitees::find, roles::roles_stay, seats::taking},
};

/// An invitation as the holder of its link finds it.
#[derive(Debug)]
pub struct FoundInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The tenant.
    pub tenant: Tenant,
    /// The roles, with what the one who invites holds now.
    roles: TenantRoles,
    /// Whether the tenant is open.
    open: bool,
}

/// The people of an invitation.
#[derive(Debug)]
pub struct InvitationPeople {
    /// The name of whoever invites, if they are still known.
    pub inviter: Option<PersonName>,
    /// Whose address it is, if it has an account.
    pub account: Option<UserId>,
}

#[derive(Deserialize)]
struct Named {
    name: PersonName,
}

impl FoundInvitation {
    /// Whether the one who invites may still give what it gives, in a tenant that is open.
    pub fn stands(&self) -> bool {
        let Invitation { roles, kind, .. } = &self.invitation;
        let places = ((&[][..], *kind), (&**roles, *kind));
        self.open
            && self.roles.held.contains(Permission::TeamInvite)
            && self.roles.roles.may_place(places.0, places.1, &self.roles.held).is_ok()
    }

    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> InvitationState {
        self.invitation.state(now)
    }

    /// Adds everything by which `user` joins; the session may go to the tenant in the same transaction.
    pub(crate) fn joining(
        &self,
        platform: PlatformStore<'_>,
        command: Command,
        user: &User,
        actor: &Actor,
        world: &World,
    ) -> Result<Command, StoreError> {
        let (tenant, now) = (self.tenant.id, world.now());
        let scope = TenantScope::for_system(tenant, SystemTask::Invitation);
        let mut invitation = self.invitation.clone();
        invitation.end(InvitationState::Accepted, Some(user.id), now);
        let command = platform.store.tenant(&scope).ending(command, &mut invitation)?;
        let membership = self.membership(user, now);
        let author = self.roles.author.as_ref().map(Membership::stays);
        let values = (json!(null), json!({ "member": user.id, "roles": membership.roles }));
        let id = invitation.id.to_string();
        let record = AuditRecord::by(actor, "invitation.accept", id, values, world);
        author
            .into_iter()
            .chain([roles_stay(tenant, self.roles.version)])
            .fold(command, |command, holds| command.and(holds, Conflict::Stale))
            .and(Action::put(membership.row()?).if_new(), Conflict::Exists)
            .and(Action::delete(&keys::former(tenant, user.id)), Conflict::Stale)
            .and(taking(tenant, self.tenant.tier), Conflict::NoSeat)
            // With another tier there are other seats.
            .and(
                Action::check(&keys::tenant(tenant)).if_version_or_none(self.tenant.version),
                Conflict::Stale,
            )
            .audited(&scope, &record)
    }

    fn membership(&self, user: &User, now: Timestamp) -> Membership {
        let Invitation { roles, kind, groups, inviter, sent, .. } = &self.invitation;
        let new = Membership::new((self.tenant.id, user.id), user.email.clone(), roles.clone(), Some(now));
        let (kind, groups) = (*kind, groups.clone());
        Membership { kind, groups, invited_by: Some(*inviter), invited: Some(*sent), ..new }
    }
}

impl PlatformStore<'_> {
    /// The invitation that a link names, if it is the one sent last, with what decides about it: one round trip.
    pub async fn find_invitation(
        &self,
        token: &InvitationToken,
    ) -> Result<Option<FoundInvitation>, StoreError> {
        let (tenant, digest) = (token.tenant, token.digest());
        let key = keys::entity(tenant, keys::INVITATIONS, token.invitation);
        let [book, authz, settings] = [keys::role_book(tenant), keys::roles(tenant), keys::tenant(tenant)];
        let member = keys::member(tenant, token.inviter);
        let wanted = [&key, &book, &authz, &settings, &member];
        let rows = self.store.batch_get(wanted.map(key_row).to_vec()).await?;
        let (Some(row), Some(found)) = (find(&rows, &key), find(&rows, &settings)) else { return Ok(None) };
        let invitation: Invitation = self.store.read(row)?;
        // The hash covers who invites: it is whoever sent this invitation last.
        if invitation.digest.as_ref() != Some(&digest) {
            return Ok(None);
        }
        let inviter = find(&rows, &member).map(|row| self.store.read::<Membership>(row)).transpose()?;
        let open = find(&rows, &authz).map(|row| self.store.read::<Authz>(row)).transpose()?;
        Ok(Some(FoundInvitation {
            roles: TenantRoles::read(find(&rows, &book), find(&rows, &authz), inviter)?,
            tenant: self.store.read(found)?,
            open: open.is_some_and(|authz| authz.suspended.is_none()),
            invitation,
        }))
    }

    /// Who invites, and whose address is invited.
    pub async fn find_invitation_people(
        &self,
        found: &FoundInvitation,
    ) -> Result<InvitationPeople, StoreError> {
        let Invitation { inviter, email, .. } = &found.invitation;
        let (person, address) =
            (keys::user(*inviter), keys::sign_in(&self.store.sealer().address_key(email)));
        let rows = self.store.batch_get([&person, &address].map(key_row).to_vec()).await?;
        let name = find(&rows, &person).map(|row| self.store.read::<Named>(row)).transpose()?;
        let account = find(&rows, &address).and_then(|row| row.get("user")?.as_s().ok()?.parse().ok());
        Ok(InvitationPeople { inviter: name.map(|person| person.name), account })
    }

    /// The tenant of an invitation, for `user` who accepted it and still belongs to the tenant; nothing for anybody else.
    pub async fn find_joined(
        &self,
        token: &InvitationToken,
        user: UserId,
    ) -> Result<Option<Tenant>, StoreError> {
        let key = keys::entity(token.tenant, keys::INVITATIONS, token.invitation);
        let (settings, member) = (keys::tenant(token.tenant), keys::member(token.tenant, user));
        let rows = self.store.batch_get([&key, &settings, &member].map(key_row).to_vec()).await?;
        let (Some(row), Some(settings), Some(_)) =
            (find(&rows, &key), find(&rows, &settings), find(&rows, &member))
        else {
            return Ok(None);
        };
        let ended = self.store.read::<Invitation>(row)?.ended;
        let accepted = |end: &InvitationEnd| end.state == InvitationState::Accepted && end.by == Some(user);
        ended.filter(accepted).map(|_| self.store.read(settings)).transpose()
    }

    /// What the sender of mails needs to know of an invitation: itself, its tenant's name, and who invites.
    pub async fn find_invitation_to_send(
        &self,
        tenant: TenantId,
        invitation: InvitationId,
    ) -> Result<Option<(Invitation, Tenant, Option<PersonName>)>, StoreError> {
        let (key, settings) = (keys::entity(tenant, keys::INVITATIONS, invitation), keys::tenant(tenant));
        let rows = self.store.batch_get([&key, &settings].map(key_row).to_vec()).await?;
        let (Some(row), Some(found)) = (find(&rows, &key), find(&rows, &settings)) else { return Ok(None) };
        let invitation: Invitation = self.store.read(row)?;
        let person: Option<Named> = self.store.get(&keys::user(invitation.inviter)).await?;
        Ok(Some((invitation, self.store.read(found)?, person.map(|person| person.name))))
    }

    /// Makes `digest` the hash of an invitation's link, if this sending of it still counts.
    pub async fn keep_invitation_link(
        &self,
        tenant: TenantId,
        invitation: &Invitation,
        digest: &TokenDigest,
    ) -> Result<(), StoreError> {
        let key = keys::entity(tenant, keys::INVITATIONS, invitation.id);
        let keep = Action::update(&key, "SET digest = :digest").value(":digest", text(digest.as_str()));
        Command::new().and(keep.if_version(invitation.version), Conflict::LinkUsed).commit(self.store).await
    }

    /// Makes an account for the invited address and lets it join, in one transaction. [`Conflict::NoSeat`] when every seat is
    /// taken, [`Conflict::AddressTaken`] when the address has an account by now, [`Conflict::Stale`] when anything that decides
    /// was changed.
    pub async fn join_as_new(
        &self,
        found: &FoundInvitation,
        (user, password): (&User, &PasswordHash),
        actor: &Actor,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let join = || self.try_joining(found, (user, password), actor, answer.clone(), world);
        self.store.seated(found.tenant.id, join).await
    }

    async fn try_joining(
        &self,
        found: &FoundInvitation,
        (user, password): (&User, &PasswordHash),
        actor: &Actor,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let command = found.joining(*self, Command::new(), user, actor, world)?.answering(answer, world)?;
        self.create_person(command, user, Some(password), actor, world).await
    }

    /// Ends an invitation that the invited person does not want.
    pub async fn decline_invitation(
        &self,
        found: &FoundInvitation,
        actor: &Actor,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let scope = TenantScope::for_system(found.tenant.id, SystemTask::Invitation);
        let mut invitation = found.invitation.clone();
        invitation.end(InvitationState::Declined, None, world.now());
        let values = (json!(null), json!({ "state": "declined" }));
        let record = AuditRecord::by(actor, "invitation.decline", invitation.id.to_string(), values, world);
        let command = self.store.tenant(&scope).ending(Command::new(), &mut invitation)?;
        command.audited(&scope, &record)?.answering(answer, world)?.commit(self.store).await
    }
}
