//! The roles of a tenant as they are edited, all in one row, beside what they compile to, which decides about requests. Both
//! are written together, on the condition of the version that was read.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_auth::Actor;
use vestibule_domain::{PermissionSet, RoleName, Roles, UserId, World};

use crate::{
    Answer, AuditRecord, Conflict, Membership, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{from_row, text, to_row},
    engine::keys,
    engine::kinds::Kind,
    tenancy::authz::Authz,
};

/// The row of the roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoleBook {
    pub(crate) roles: Roles,
    pub(crate) version: u64,
}

/// The roles as they were read, with what the reader holds by them.
#[derive(Debug, Clone)]
pub struct TenantRoles {
    /// The roles.
    pub roles: Roles,
    /// What the one who acts holds.
    pub held: PermissionSet,
    /// The row's version; 0 for a tenant whose roles were never edited.
    version: u64,
    /// Whose roles decide, and which they are.
    author: Option<(UserId, Vec<RoleName>)>,
}

/// What the audit log tells of a change of roles.
#[derive(Debug)]
pub struct RoleChange<'a> {
    /// Such as `role.create`.
    pub action: &'static str,
    /// Which role.
    pub role: &'a RoleName,
    /// Values before and after.
    pub values: (Value, Value),
}

impl TenantStore<'_> {
    /// All roles, with what the one who acts holds by them, in one round trip.
    pub async fn find_roles(&self) -> Result<TenantRoles, StoreError> {
        let tenant = self.tenant();
        let author = match self.scope.actor() {
            Actor::User { id, .. } => Some(*id),
            _ => None,
        };
        let member = author.map(|user| keys::member(tenant, user));
        let wanted = [keys::role_book(tenant), keys::roles(tenant)];
        let mut rows = self.store.platform().by_kind(wanted.iter().chain(&member)).await?;
        let member =
            rows.remove(Kind::Member.name()).map(|row| self.store.read::<Membership>(row)).transpose()?;
        let author = member.map(|member| (member.user, member.roles));
        let compiled: Option<Authz> = rows.remove(Kind::Roles.name()).map(from_row).transpose()?;
        let RoleBook { roles, version } = match rows.remove(Kind::RoleBook.name()) {
            Some(row) => from_row(row)?,
            None => RoleBook { roles: as_compiled(compiled), version: 0 },
        };
        let held = author.iter().flat_map(|(_, held)| held).map(|role| roles.permissions(role));
        let held = held.fold(PermissionSet::default(), |all, role| all.union(&role));
        Ok(TenantRoles { roles, held, version, author })
    }

    /// Whether any member holds a role.
    pub async fn is_held(&self, role: &RoleName) -> Result<bool, StoreError> {
        let query = self.store.prefix_query(&keys::tenant_partition(self.tenant()), keys::MEMBERS);
        let mut rows = query.into_paginator().items().send();
        while let Some(row) = rows.next().await {
            let row = row?;
            self.store.sealer().freshen(std::slice::from_ref(&row)).await;
            // Of one that cannot be read nobody knows: it counts as held.
            let member = self.store.if_whole(self.store.read::<Membership>(row))?;
            if member.is_none_or(|member| member.roles.contains(role)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes `roles` in the place of those that were read, with what they compile to. [`Conflict::Stale`] when the roles, or the
    /// author's own ones, were changed meanwhile: whoever lost a right hands it out no more.
    pub async fn change_roles(
        &self,
        read: &TenantRoles,
        roles: Roles,
        change: RoleChange<'_>,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let compiled =
            roles.compiled().into_iter().map(|(name, allowed)| Ok((name.into(), bitmap(&allowed)?)));
        let compiled = AttributeValue::M(compiled.collect::<Result<_, StoreError>>()?);
        let book = RoleBook { roles, version: read.version + 1 };
        let book = Action::put(to_row(&keys::role_book(tenant), Kind::RoleBook, &book)?);
        let book = if read.version == 0 { book.if_new() } else { book.if_version(read.version) };
        let authz = Action::update(&keys::roles(tenant), "SET #roles = :roles").name("#roles", "roles");
        let authz = authz.value(":roles", compiled).when("attribute_exists(PK)");
        let mut command = Command::new().and(book, Conflict::Stale).and(authz, Conflict::Stale);
        if let Some((user, held)) = &read.author {
            let held = AttributeValue::L(held.iter().map(|role| text(role.as_str())).collect());
            let still =
                Action::check(&keys::member(tenant, *user)).name("#held", "roles").value(":held", held);
            let still = still.name("#suspended", "suspended").value(":null", text("NULL"));
            let still = still.when("#held = :held AND attribute_type(#suspended, :null)");
            command = command.and(still, Conflict::Stale);
        }
        let record = AuditRecord::new(
            self.scope,
            change.action,
            change.role.as_str().to_owned(),
            change.values,
            world,
        );
        command.audited(self.scope, &record)?.answering(answer, world)?.commit(self.store).await
    }
}

/// A set as the table holds it.
fn bitmap(set: &PermissionSet) -> Result<AttributeValue, StoreError> {
    let written = serde_json::to_value(set).ok();
    let written = written.and_then(|written| written.as_str().map(text));
    written.ok_or_else(|| StoreError::Table("a set of permissions is no text".into()))
}

/// Roles that were never edited: those that requests are decided by, none of them inheriting.
fn as_compiled(compiled: Option<Authz>) -> Roles {
    let allowed = compiled.map(|compiled| compiled.allowed).unwrap_or_default();
    let named = allowed.into_iter().filter_map(|(name, set)| Some((RoleName::try_from(name).ok()?, set)));
    Roles::fixed(named)
}
