//! The roles of a tenant as they are edited, all in one row, beside what they compile to, which decides about requests. Both
//! are written together, on the condition of the version that was read.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_domain::{
    Permission, PermissionSet, RoleName, Roles, Tenant, TenantId, Tier, UserState, World,
};

use crate::{
    Answer, AuditRecord, Conflict, Membership, Placed, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{Row, from_row, key_row, text, to_row},
    engine::keys::{self, Key},
    engine::kinds::Kind,
    tenancy::{
        authz::Authz,
        leading::{find_leader, stays_in},
        members::has_key,
    },
};

/// The row of the roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoleBook {
    pub(crate) roles: Roles,
    pub(crate) version: u64,
}

/// The version of that row, in a row of its own: a check of it costs by its size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RolesVersion {
    pub(crate) version: u64,
}

impl RoleBook {
    /// The writes of the roles and of their version.
    pub(crate) fn writing(&self, tenant: TenantId) -> Result<[Action; 2], StoreError> {
        let version = RolesVersion { version: self.version };
        Ok([
            Action::put(to_row(&keys::role_book(tenant), Kind::RoleBook, self)?),
            Action::put(to_row(&keys::roles_version(tenant), Kind::RolesVersion, &version)?),
        ])
    }
}

/// Holds only while the roles have the version that was read; 0 of those that were never edited.
pub(crate) fn roles_stay(tenant: TenantId, version: u64) -> Action {
    let check = Action::check(&keys::roles_version(tenant));
    if version == 0 { check.if_new() } else { check.if_version(version) }
}

/// The roles as they were read, with what the reader holds by them.
#[derive(Debug, Clone)]
pub struct TenantRoles {
    /// The roles.
    pub roles: Roles,
    /// What the one who acts holds; nothing of somebody suspended or gone.
    pub held: PermissionSet,
    /// The row's version; 0 for a tenant whose roles were never edited.
    pub(crate) version: u64,
    /// Whose membership decides.
    pub(crate) author: Option<Membership>,
    compiled: BTreeMap<RoleName, PermissionSet>,
    everything: PermissionSet,
}

impl TenantRoles {
    fn new(roles: Roles, version: u64, author: Option<Membership>) -> Self {
        let compiled = roles.compiled();
        let everything = compiled.values().fold(PermissionSet::default(), |all, role| all.union(role));
        let held = PermissionSet::default();
        let mut found = Self { roles, held, version, author, compiled, everything };
        if let Some(author) = found.author.as_ref().filter(|author| author.suspended.is_none()) {
            found.held = found.permissions(author);
        }
        found
    }

    /// The roles that these rows hold, as `author` holds them.
    pub(crate) fn read(
        book: Option<Row>,
        authz: Option<Row>,
        author: Option<Membership>,
    ) -> Result<Self, StoreError> {
        let RoleBook { roles, version } = match book {
            Some(row) => from_row(row)?,
            None => RoleBook { roles: as_compiled(authz.map(from_row).transpose()?), version: 0 },
        };
        Ok(Self::new(roles, version, author))
    }

    /// Whether a member may do all that anybody may do.
    pub(crate) fn leads(&self, member: &Membership) -> bool {
        member.suspended.is_none() && self.everything.is_within(&self.permissions(member))
    }

    /// Whether the one who acts holds a role themselves.
    pub fn author_holds(&self, role: &RoleName) -> bool {
        self.author.as_ref().is_some_and(|author| author.roles.contains(role))
    }

    /// What a member may do.
    pub fn permissions(&self, member: &Membership) -> PermissionSet {
        let held = member.roles.iter().filter_map(|role| self.compiled.get(role));
        member.kind.limit(&held.fold(PermissionSet::default(), |all, role| all.union(role)))
    }
}

/// Whether anybody holds a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// Nobody does.
    Nobody,
    /// Somebody does.
    Somebody,
    /// Nobody is known to, but there is a membership that cannot be read.
    Unknown,
}

/// What the audit log tells of a change of roles.
#[derive(Debug)]
pub struct RoleChange<'a> {
    /// Such as `role.create`.
    pub action: &'static str,
    /// Which role, or which permission.
    pub resource: &'a str,
    /// Values before and after.
    pub values: (Value, Value),
}

impl TenantStore<'_> {
    /// All roles, with what the one who acts holds by them, in one round trip.
    pub async fn find_roles(&self) -> Result<TenantRoles, StoreError> {
        Ok(self.roles_and(&[], None).await?.0)
    }

    /// The same for somebody who changes something by `permission`: [`Conflict::Stale`] if they do not hold it any more.
    pub async fn find_roles_to_change(&self, permission: Permission) -> Result<TenantRoles, StoreError> {
        Ok(self.roles_and(&[], Some(permission)).await?.0)
    }

    /// The same, with the tenant's tier.
    pub async fn find_roles_and_tier(
        &self,
        permission: Permission,
    ) -> Result<(TenantRoles, Tier), StoreError> {
        let key = keys::tenant(self.tenant());
        let (roles, rows) = self.roles_and(std::slice::from_ref(&key), Some(permission)).await?;
        let tenant = rows.into_iter().find(|row| has_key(row, &key)).map(from_row::<Tenant>).transpose()?;
        Ok((roles, tenant.map(|tenant| tenant.tier).unwrap_or_default()))
    }

    /// The same, with the rows under `further` keys.
    pub(crate) async fn roles_and(
        &self,
        further: &[Key],
        permission: Option<Permission>,
    ) -> Result<(TenantRoles, Vec<Row>), StoreError> {
        let tenant = self.tenant();
        let author = self.scope.actor().user().map(|user| keys::member(tenant, user));
        let (book, authz) = (keys::role_book(tenant), keys::roles(tenant));
        let more = further.iter().filter(|key| Some(*key) != author.as_ref());
        let wanted = [&book, &authz].into_iter().chain(&author).chain(more).map(key_row).collect();
        let rows = self.store.batch_get(wanted).await?;
        let find = |key: &Key| rows.iter().find(|row| has_key(row, key)).cloned();
        let author = author.as_ref().and_then(find).map(|row| self.store.read::<Membership>(row));
        let found = TenantRoles::read(find(&book), find(&authz), author.transpose()?)?;
        // The request was let in by an earlier read; a person may have lost the permission since.
        let is_person = self.scope.actor().user().is_some();
        if is_person && permission.is_some_and(|permission| !found.held.contains(permission)) {
            return Err(Conflict::Stale.into());
        }
        Ok((found, rows))
    }

    /// Whether any member holds a role.
    pub async fn who_holds(&self, role: &RoleName) -> Result<Holding, StoreError> {
        let query = self.store.prefix_query(&keys::tenant_partition(self.tenant()), keys::MEMBERS);
        let (mut rows, mut holding) = (query.into_paginator().items().send(), Holding::Nobody);
        while let Some(row) = rows.next().await {
            let row = row?;
            self.store.sealer().freshen(std::slice::from_ref(&row)).await;
            match self.store.if_whole(self.store.read::<Membership>(row))? {
                Some(member) if member.roles.contains(role) => return Ok(Holding::Somebody),
                Some(_) => {}
                None => holding = Holding::Unknown,
            }
        }
        Ok(holding)
    }

    /// Writes `roles` in the place of those that were read, with what they compile to. [`Conflict::Stale`] when the roles, or the
    /// author's own ones, were changed meanwhile: whoever lost a right hands it out no more. Somebody must be left who may do all
    /// that anybody may do.
    pub async fn change_roles(
        &self,
        read: &TenantRoles,
        roles: Roles,
        change: RoleChange<'_>,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<Placed, StoreError> {
        let tenant = self.tenant();
        let after = TenantRoles::new(roles, read.version, read.author.clone());
        let author = read.author.as_ref().map(|author| author.user);
        let mut command = Command::new();
        if let Some(author) = read.author.as_ref().filter(|author| after.leads(author)) {
            command = command.and(stays_in(author.user, UserState::Active), Conflict::Stale);
        } else {
            let find = async |roles: &TenantRoles, except| {
                find_leader(self.store, tenant, except, |member| roles.leads(member)).await
            };
            match find(&after, author).await? {
                Some(leader) => command = command.led_by(&leader),
                // Where nobody was, nobody is lost.
                None if find(read, None).await?.is_some() => return Ok(Placed::LastAdministrator),
                None => {}
            }
        }
        let TenantRoles { roles, .. } = after;
        let compiled =
            roles.compiled().into_iter().map(|(name, allowed)| Ok((name.into(), bitmap(&allowed)?)));
        let compiled = AttributeValue::M(compiled.collect::<Result<_, StoreError>>()?);
        let [book, version] = RoleBook { roles, version: read.version + 1 }.writing(tenant)?;
        let book = if read.version == 0 { book.if_new() } else { book.if_version(read.version) };
        let authz = Action::update(&keys::roles(tenant), "SET #roles = :roles").name("#roles", "roles");
        let authz = authz.value(":roles", compiled).when("attribute_exists(PK)");
        command =
            command.and(book, Conflict::Stale).and(version, Conflict::Stale).and(authz, Conflict::Stale);
        if let Some(author) = &read.author {
            command = command.and(author.stays(), Conflict::Stale);
        }
        let record =
            AuditRecord::new(self.scope, change.action, change.resource.to_owned(), change.values, world);
        command.audited(self.scope, &record)?.answering(answer, world)?.commit(self.store).await?;
        Ok(Placed::Done)
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
