//! Leaving a tenant: never by its last administrator, not even when two of them leave at once.

use aws_sdk_dynamodb::types::AttributeValue;
use vestibule_domain::{PermissionSet, RoleName, TenantId, UserId};

use crate::{
    Conflict, Membership, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::text,
    engine::keys,
    tenancy::authz::Authz,
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
    /// Another administrator, who must still be one.
    other: Option<(UserId, Vec<RoleName>)>,
}

impl Leave {
    pub(super) fn write(&self, command: Command, user: UserId) -> Command {
        let gone = Action::delete(&keys::member(self.tenant, user)).when("attribute_exists(PK)");
        let command = command.and(gone, Conflict::NotMember);
        let Some((other, roles)) = &self.other else { return command };
        // A row of before has one role, as `role`.
        let stays = Action::check(&keys::member(self.tenant, *other))
            .name("#role", "role")
            .name("#roles", "roles")
            .value(":role", roles.first().map_or(AttributeValue::Null(true), |role| text(role.as_str())))
            .name("#suspended", "suspended")
            .value(":roles", AttributeValue::L(roles.iter().map(|role| text(role.as_str())).collect()))
            .value(":null", text("NULL"))
            .when("(#roles = :roles OR #role = :role) AND attribute_type(#suspended, :null)");
        command.and(stays, Conflict::Stale)
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
        // Whoever may do all that anybody there may do.
        let everything = roles.allowed.values().fold(PermissionSet::default(), |all, role| all.union(role));
        let leads = |held: &[RoleName]| everything.is_within(&roles.permissions(held));
        // Whoever's own row cannot be read may have been an administrator.
        if own.is_some_and(|own| !leads(&own.roles)) {
            return Ok(Leaving::Allowed(Leave { tenant, other: None }));
        }
        let query = self.store.prefix_query(&keys::tenant_partition(tenant), keys::MEMBERS);
        let mut rows = query.into_paginator().items().send();
        while let Some(row) = rows.next().await {
            let row = row?;
            self.store.sealer().freshen(std::slice::from_ref(&row)).await;
            let Some(member) = self.store.if_whole(self.store.read::<Membership>(row))? else { continue };
            if member.user != user && member.suspended.is_none() && leads(&member.roles) {
                return Ok(Leaving::Allowed(Leave { tenant, other: Some((member.user, member.roles)) }));
            }
        }
        Ok(Leaving::LastAdministrator)
    }
}
