//! The roles of a tenant: those of its preset, which stay as they are, and its own, which may inherit from a parent. A role has
//! what it is given itself and what its parent has; a parent never gains from its children.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    MemberKind, Permission, PermissionNumber, PermissionSet, Preset, RegisterRefused, Registered, RoleName,
    Stored as _,
};

/// Longest chain of roles that inherit from each other.
pub const MOST_GENERATIONS: usize = 8;
/// Most roles of a tenant, so that all of them fit into one row.
pub const MOST_ROLES: usize = 100;

/// One role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The name that people read.
    pub title: String,
    /// The role it inherits from.
    pub parent: Option<RoleName>,
    /// What it allows by itself.
    pub allowed: PermissionSet,
    /// Whether it came with the preset: it is never changed or removed.
    pub preset: bool,
    /// Whether permissions that the tenant registers come to it by themselves.
    pub takes_registered: bool,
}

/// Why a change of roles is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleRefused {
    /// No role has this name.
    #[error("no role has this name")]
    Unknown,
    /// A role has this name already.
    #[error("a role has this name already")]
    Exists,
    /// The role came with the preset.
    #[error("a role of the preset stays as it is")]
    Preset,
    /// The parent is no role.
    #[error("the parent is no role of this organization")]
    UnknownParent,
    /// The role would inherit from itself.
    #[error("the role would inherit from itself")]
    Cycle,
    /// The chain of parents would be too long.
    #[error("the chain of parents would be longer than {MOST_GENERATIONS}")]
    TooDeep,
    /// There are as many roles as can be.
    #[error("an organization has at most {MOST_ROLES} roles")]
    TooMany,
    /// Others inherit from it.
    #[error("other roles inherit from it")]
    HasChildren,
    /// Some role would gain what the one who changes it lacks.
    #[error("the change hands out permissions that its author lacks")]
    Exceeds(PermissionSet),
    /// The role has more than the one who changes it.
    #[error("the role has permissions that its author lacks")]
    Stronger(PermissionSet),
}

/// All roles of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    by_name: BTreeMap<RoleName, Role>,
    registered: Registered,
    /// Roles that are being removed: nobody gets them any more.
    retiring: BTreeSet<RoleName>,
}

impl Roles {
    /// The roles that a tenant of this kind begins with.
    pub fn of(preset: Preset) -> Self {
        let roles = preset.roles().iter().map(|role| {
            let (title, takes_registered) = (role.title.to_owned(), role.takes_registered);
            let allowed = role.permissions();
            (
                RoleName::of_stored(role.name.to_owned()),
                Role { title, parent: None, allowed, preset: true, takes_registered },
            )
        });
        Self::with(roles.collect())
    }

    /// Roles of which only what they allow is known: each stays as it is, and who may do all that any of them allows gets what is
    /// registered.
    pub fn fixed(known: impl IntoIterator<Item = (RoleName, PermissionSet)>) -> Self {
        let known: Vec<_> = known.into_iter().collect();
        let all = known.iter().fold(PermissionSet::default(), |all, (_, allowed)| all.union(allowed));
        let roles = known.into_iter().map(|(name, allowed)| {
            let (title, takes_registered) = (name.as_str().to_owned(), all.is_within(&allowed));
            (name, Role { title, parent: None, allowed, preset: true, takes_registered })
        });
        Self::with(roles.collect())
    }

    fn with(by_name: BTreeMap<RoleName, Role>) -> Self {
        Self { by_name, registered: Registered::default(), retiring: BTreeSet::new() }
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = (&RoleName, &Role)> {
        self.by_name.iter()
    }

    /// The role of a name.
    pub fn find(&self, name: &RoleName) -> Option<&Role> {
        self.by_name.get(name)
    }

    /// The role and its parents, the role first; empty for an unknown one.
    pub fn line(&self, name: &RoleName) -> Vec<&RoleName> {
        let mut line = Vec::new();
        let mut next = self.by_name.get_key_value(name);
        while let Some((name, role)) = next.filter(|_| line.len() < MOST_GENERATIONS) {
            line.push(name);
            next = role.parent.as_ref().and_then(|parent| self.by_name.get_key_value(parent));
        }
        line
    }

    /// What a role allows, with what it inherits; nothing for an unknown one.
    pub fn permissions(&self, name: &RoleName) -> PermissionSet {
        let given = self.line(name).into_iter().map(|name| self.given(name));
        given.fold(PermissionSet::default(), |all, given| all.union(&given))
    }

    /// What a role allows by itself.
    fn given(&self, name: &RoleName) -> PermissionSet {
        let Some(role) = self.by_name.get(name) else { return PermissionSet::default() };
        if role.takes_registered { role.allowed.union(&self.registered.set()) } else { role.allowed.clone() }
    }

    /// What each role allows, with what it inherits.
    pub fn compiled(&self) -> BTreeMap<RoleName, PermissionSet> {
        self.by_name.keys().map(|name| (name.clone(), self.permissions(name))).collect()
    }

    /// Which of a role and its parents give a permission, the role first.
    pub fn sources(&self, name: &RoleName, permission: PermissionNumber) -> Vec<&RoleName> {
        self.line(name).into_iter().filter(|name| self.given(name).contains(permission)).collect()
    }

    /// The role of a name, if somebody can be given it.
    pub fn grantable(&self, name: &RoleName) -> Option<&Role> {
        self.by_name.get(name).filter(|_| !self.retiring.contains(name))
    }

    /// What the tenant's applications registered.
    pub fn registered(&self) -> &Registered {
        &self.registered
    }

    /// Adds a permission of the tenant's own applications: it comes to the roles that take such by themselves.
    pub fn register(&mut self, name: &str, about: &str) -> Result<PermissionNumber, RegisterRefused> {
        self.registered.add(name, about)
    }

    /// The number of a permission, built in or registered.
    pub fn permission(&self, name: &str) -> Option<PermissionNumber> {
        Permission::find(name).map(Into::into).or_else(|| self.registered.number(name))
    }

    /// The names of the permissions in a set, in the order of their numbers.
    pub fn names(&self, set: &PermissionSet) -> Vec<String> {
        let built_in = Permission::ALL.iter().filter(|it| set.contains(**it)).map(|it| it.name().to_owned());
        built_in.chain(self.registered.names(set)).collect()
    }

    /// What somebody with these roles may do.
    pub fn allowed(&self, held: &[RoleName]) -> PermissionSet {
        let each = held.iter().map(|role| self.permissions(role));
        each.fold(PermissionSet::default(), |all, role| all.union(&role))
    }

    /// Whether somebody of this kind with these roles may do all that any role allows.
    pub fn make_administrator(&self, held: &[RoleName], kind: MemberKind) -> bool {
        let names: Vec<RoleName> = self.by_name.keys().cloned().collect();
        self.allowed(&names).is_within(&kind.limit(&self.allowed(held)))
    }
}

mod changes;
#[cfg(test)]
mod tests;
