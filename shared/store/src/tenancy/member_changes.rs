//! Changes of a member, and their removal: on the condition that member, author and roles are as they were read, so that nobody
//! gives what they held a moment ago, and that an administrator stays.

use serde_json::{Value, json};
use vestibule_domain::{RoleName, RoleRefused, UserId, World};

use crate::{
    Answer, AuditRecord, Conflict, FoundMember, Membership, StoreError, TenantStore,
    engine::command::Command, engine::keys, tenancy::leading::find_leader,
};

/// What became of a change of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is done.
    Done,
    /// Nobody else could do everything: it is not done.
    LastAdministrator,
}

/// Most members moved to another role by one request.
const MOST_MOVED: usize = 100;

/// What became of moving members to another role. Those who were moved stay moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleMove {
    /// Nobody holds the role any more.
    Done,
    /// As many as one request moves were moved, and others hold it.
    More(usize),
    /// One of them is the last administrator.
    LastAdministrator,
    /// The one who asks may not move one of them.
    Refused(RoleRefused),
}

/// What the audit log tells of a change of a member, and the answer to keep.
#[derive(Debug)]
pub struct MemberChange {
    /// Such as `member.update`.
    pub action: &'static str,
    /// Values before and after.
    pub values: (Value, Value),
    /// The answer to keep.
    pub answer: Option<Answer>,
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
        self.place(read, (Command::new().and(write, Conflict::Stale), stays), change, world).await
    }

    /// Ends a membership; what it was is remembered. Conflicts as above.
    pub async fn remove_member(
        &self,
        read: &FoundMember,
        change: MemberChange,
        world: &World,
    ) -> Result<Placed, StoreError> {
        let command = Command::new().and(read.member.ending(), Conflict::Stale);
        let command = command.and(read.member.parting(world.now())?, Conflict::Stale);
        self.place(read, (command, false), change, world).await
    }

    /// Gives those who hold `from` the role `to` in its place, one transaction each, at most [`MOST_MOVED`] of them.
    pub async fn move_members(
        &self,
        from: &RoleName,
        to: &RoleName,
        world: &World,
    ) -> Result<RoleMove, StoreError> {
        for user in self.holders(from).await? {
            let Some(found) = self.find_member(user).await? else { continue };
            let before = &found.member;
            let mut after = before.clone();
            after.roles.retain(|role| role != from && role != to);
            after.roles.push(to.clone());
            let roles = &found.roles;
            let places = ((&*before.roles, before.kind), (&*after.roles, after.kind));
            if let Err(refusal) = roles.roles.may_place(places.0, places.1, &roles.held) {
                return Ok(RoleMove::Refused(refusal));
            }
            let values = (json!({ "roles": before.roles }), json!({ "roles": after.roles }));
            let change = MemberChange { action: "member.update", values, answer: None };
            if self.change_member(&found, &after, change, world).await? == Placed::LastAdministrator {
                return Ok(RoleMove::LastAdministrator);
            }
        }
        Ok(if self.is_held(from).await? { RoleMove::More(MOST_MOVED) } else { RoleMove::Done })
    }

    /// Up to [`MOST_MOVED`] members who hold a role.
    async fn holders(&self, role: &RoleName) -> Result<Vec<UserId>, StoreError> {
        let query = self.store.prefix_query(&keys::tenant_partition(self.tenant()), keys::MEMBERS);
        let (mut rows, mut holders) = (query.into_paginator().items().send(), Vec::new());
        while let Some(row) = rows.next().await {
            let row = row?;
            self.store.sealer().freshen(std::slice::from_ref(&row)).await;
            let member = self.store.if_whole(self.store.read::<Membership>(row))?;
            holders.extend(member.filter(|member| member.roles.contains(role)).map(|member| member.user));
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
        if roles.leads(member) && !leads && !author.is_some_and(|author| roles.leads(author)) {
            let other =
                find_leader(self.store, self.tenant(), Some(member.user), |other| roles.leads(other)).await?;
            let Some(other) = other else { return Ok(Placed::LastAdministrator) };
            command = command.and(other.stays(), Conflict::Stale);
        }
        for holds in author.map(Membership::stays).into_iter().chain([roles.stay(self.tenant())]) {
            command = command.and(holds, Conflict::Stale);
        }
        let MemberChange { action, values, answer } = change;
        let record = AuditRecord::new(self.scope, action, member.user.to_string(), values, world);
        let command = command.audited(self.scope, &record)?.answering(answer, world)?;
        command.commit(self.store).await?;
        Ok(Placed::Done)
    }
}
