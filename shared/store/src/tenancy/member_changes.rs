//! Changes of a member, and their removal: on the condition that member, author and roles are as they were read, so that nobody
//! gives what they held a moment ago, and that an administrator stays.

use serde_json::{Value, json};
use vestibule_domain::{
    IdentityMailKind, IdentityMailRequest, MailId, MembershipChange, Permission, RoleName, RoleRefused,
    UserState, World,
};

use crate::{
    Answer, AuditRecord, Conflict, FoundMember, Membership, StoreError, TenantRoles, TenantStore,
    engine::command::Command,
    engine::keys,
    tenancy::{
        leading::{find_leader, stays_in},
        roles::roles_stay,
        seats::leaving,
    },
};

/// What became of a change of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is done.
    Done,
    /// Nobody else could do everything and sign in: it is not done.
    LastAdministrator,
}

/// Most members moved to another role by one request, so that it ends in time.
const MOST_MOVED: usize = 25;

/// What became of moving members to another role. Those who were moved stay moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleMove {
    /// As many as one request moves were moved.
    Done,
    /// One of them is the last administrator.
    LastAdministrator,
    /// The one who asks may not move one of them.
    Refused(RoleRefused),
}

/// What the audit log tells of a change of a member, and the answer to keep.
#[derive(Debug, Clone)]
pub struct MemberChange {
    /// Such as `member.update`.
    pub action: &'static str,
    /// Values before and after.
    pub values: (Value, Value),
    /// The answer to keep.
    pub answer: Option<Answer>,
}

/// The member with the role `to` in the place of `from`.
fn moved(member: &Membership, from: &RoleName, to: &RoleName) -> Membership {
    let mut after = member.clone();
    after.roles.retain(|role| role != from && role != to);
    after.roles.push(to.clone());
    after
}

fn may_place(roles: &TenantRoles, before: &Membership, after: &Membership) -> Result<(), RoleRefused> {
    let places = ((&*before.roles, before.kind), (&*after.roles, after.kind));
    roles.roles.may_place(places.0, places.1, &roles.held)
}

/// What the member is told of a change.
fn told(before: &Membership, after: Option<&Membership>) -> MembershipChange {
    match (before.suspended.is_some(), after.map(|after| after.suspended.is_some())) {
        (_, None) => MembershipChange::Removed,
        (false, Some(true)) => MembershipChange::Suspended,
        (true, Some(false)) => MembershipChange::Resumed,
        _ => MembershipChange::Changed,
    }
}

impl TenantStore<'_> {
    /// Writes roles, kind, groups and suspension of `after` in the place of those that were read. [`Conflict::Stale`] when member,
    /// author or roles were changed meanwhile.
    pub async fn change_member(
        &self,
        read: &FoundMember,
        after: &Membership,
        change: MemberChange,
        world: &World,
    ) -> Result<Placed, StoreError> {
        let write = after.replacing(&read.member)?;
        let stays = read.roles.leads(after);
        let mut command = Command::new().and(write, Conflict::Stale);
        let (before, same) =
            (&read.member, Membership { groups: read.member.groups.clone(), ..after.clone() });
        if same != *before {
            command = self.mailing_member(command, before, Some(after), world)?;
        }
        self.place(read, (command, stays), change, world).await
    }

    /// Ends a membership; what it was is remembered. Conflicts as above.
    pub async fn remove_member(
        &self,
        read: &FoundMember,
        change: MemberChange,
        world: &World,
    ) -> Result<Placed, StoreError> {
        self.store.seated(self.tenant(), || self.try_removing(read, change.clone(), world)).await
    }

    async fn try_removing(
        &self,
        read: &FoundMember,
        change: MemberChange,
        world: &World,
    ) -> Result<Placed, StoreError> {
        let command = Command::new().and(read.member.ending(), Conflict::Stale);
        let command = command.and(read.member.parting(read.name.as_ref(), world.now())?, Conflict::Stale);
        let command = command.and(leaving(self.tenant()), Conflict::NoSeat);
        let command = self.mailing_member(command, &read.member, None, world)?;
        self.place(read, (command, false), change, world).await
    }

    /// Adds the mail to the member, unless they did it themselves.
    fn mailing_member(
        &self,
        command: Command,
        before: &Membership,
        after: Option<&Membership>,
        world: &World,
    ) -> Result<Command, StoreError> {
        if self.scope.actor().user() == Some(before.user) {
            return Ok(command);
        }
        let (user, tenant, change) = (before.user, self.tenant(), told(before, after));
        let mail = IdentityMailKind::MembershipChanged { user, tenant, change };
        let (id, at) = (MailId::new(world), world.now());
        command.mailing(&IdentityMailRequest { id, email: before.email.clone(), mail, device: None, at })
    }

    /// Whether the one who acts may give each of those who hold `from` the role `to` in its place. Only [`TenantStore::move_members`]
    /// itself makes sure of it.
    pub async fn may_move(
        &self,
        read: &TenantRoles,
        from: &RoleName,
        to: &RoleName,
    ) -> Result<Result<(), RoleRefused>, StoreError> {
        let may = |member: &Membership| may_place(read, member, &moved(member, from, to));
        Ok(self.holders(from).await?.iter().try_for_each(may))
    }

    /// Gives those who hold `from` the role `to` in its place, one transaction each, at most 25 of them.
    pub async fn move_members(
        &self,
        from: &RoleName,
        to: &RoleName,
        world: &World,
    ) -> Result<RoleMove, StoreError> {
        for holder in self.holders(from).await? {
            let found = self.find_member_to_change(holder.user, Permission::TeamManage).await?;
            let Some(found) = found else { continue };
            let (before, after) = (&found.member, moved(&found.member, from, to));
            if let Err(refusal) = may_place(&found.roles, before, &after) {
                return Ok(RoleMove::Refused(refusal));
            }
            let values = (json!({ "roles": before.roles }), json!({ "roles": after.roles }));
            let change = MemberChange { action: "member.update", values, answer: None };
            if self.change_member(&found, &after, change, world).await? == Placed::LastAdministrator {
                return Ok(RoleMove::LastAdministrator);
            }
        }
        Ok(RoleMove::Done)
    }

    /// As many members as one request moves who hold a role.
    async fn holders(&self, role: &RoleName) -> Result<Vec<Membership>, StoreError> {
        let query = self.store.prefix_query(&keys::tenant_partition(self.tenant()), keys::MEMBERS);
        let (mut rows, mut holders) = (query.into_paginator().items().send(), Vec::new());
        while let Some(row) = rows.next().await {
            let row = row?;
            self.store.sealer().freshen(std::slice::from_ref(&row)).await;
            let member = self.store.if_whole(self.store.read::<Membership>(row))?;
            holders.extend(member.filter(|member| member.roles.contains(role)));
            if holders.len() == MOST_MOVED {
                break;
            }
        }
        Ok(holders)
    }

    /// Commits a change after which the member still leads, or not.
    async fn place(
        &self,
        read: &FoundMember,
        (mut command, leads): (Command, bool),
        change: MemberChange,
        world: &World,
    ) -> Result<Placed, StoreError> {
        let FoundMember { roles, member, .. } = read;
        let author = roles.author.as_ref().filter(|author| author.user != member.user);
        if roles.leads(member) && !leads {
            let leads = |other: &Membership| roles.leads(other);
            if let Some(author) = author.filter(|author| leads(author)) {
                command = command.and(stays_in(author.user, UserState::Active), Conflict::Stale);
            } else {
                let other = find_leader(self.store, self.tenant(), Some(member.user), leads).await?;
                let Some(other) = other else { return Ok(Placed::LastAdministrator) };
                command = command.led_by(&other);
            }
        }
        for holds in
            author.map(Membership::stays).into_iter().chain([roles_stay(self.tenant(), roles.version)])
        {
            command = command.and(holds, Conflict::Stale);
        }
        let MemberChange { action, values, answer } = change;
        let record = AuditRecord::new(self.scope, action, member.user.to_string(), values, world);
        let command = command.audited(self.scope, &record)?.answering(answer, world)?;
        command.commit(self.store).await?;
        Ok(Placed::Done)
    }
}
