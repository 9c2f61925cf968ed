//! The roles of a tenant: those of its preset, which stay as they are, and its own, which may inherit from a parent. A role has
//! what it is given itself and what its parent has; a parent never gains from its children.
//!
//! Nobody hands out more than they hold. Every change compares sets of permissions: what any role gains by it, the changed one
//! or one that inherits from it, must be within what the one who changes it holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Invalid, PermissionNumber, PermissionSet, Preset, Stored, stored::is_word, stored_text};

/// Longest chain of roles that inherit from each other.
pub const MOST_GENERATIONS: usize = 8;
/// Most roles of a tenant, so that all of them fit into one row.
pub const MOST_ROLES: usize = 100;

/// The name of a role in memberships: 1 to 40 lower-case letters, digits and underscores, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(String);

impl RoleName {
    /// Reads a name as a person typed it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let letter = text.starts_with(|c: char| c.is_ascii_lowercase());
        if letter && text.len() <= 40 && text.bytes().all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new("Use 1 to 40 lower-case letters, digits and underscores, a letter first."))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Stored for RoleName {
    const MEANS: &'static str = "the name of a role: one word without @ and #";

    fn keeps(text: &str) -> bool {
        is_word(text)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(RoleName);

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
    roles: BTreeMap<RoleName, Role>,
    registered: PermissionSet,
}

impl Roles {
    /// The roles that a tenant of this kind begins with.
    pub fn of(preset: Preset) -> Self {
        let roles = preset.roles().iter().map(|role| {
            let (title, takes_registered) = (role.title.to_owned(), role.takes_registered);
            let allowed = role.permissions();
            (
                RoleName(role.name.to_owned()),
                Role { title, parent: None, allowed, preset: true, takes_registered },
            )
        });
        Self { roles: roles.collect(), registered: PermissionSet::default() }
    }

    /// Roles of which only what they allow is known: each stays as it is.
    pub fn fixed(known: impl IntoIterator<Item = (RoleName, PermissionSet)>) -> Self {
        let all = PermissionSet::all();
        let roles = known.into_iter().map(|(name, allowed)| {
            let (title, takes_registered) = (name.0.clone(), all.is_within(&allowed));
            (name, Role { title, parent: None, allowed, preset: true, takes_registered })
        });
        Self { roles: roles.collect(), registered: PermissionSet::default() }
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = (&RoleName, &Role)> {
        self.roles.iter()
    }

    /// The role of a name.
    pub fn find(&self, name: &RoleName) -> Option<&Role> {
        self.roles.get(name)
    }

    /// The role and its parents, the role first; empty for an unknown one.
    pub fn line(&self, name: &RoleName) -> Vec<&RoleName> {
        let mut line = Vec::new();
        let mut next = self.roles.get_key_value(name);
        while let Some((name, role)) = next.filter(|_| line.len() < MOST_GENERATIONS) {
            line.push(name);
            next = role.parent.as_ref().and_then(|parent| self.roles.get_key_value(parent));
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
        let Some(role) = self.roles.get(name) else { return PermissionSet::default() };
        if role.takes_registered { role.allowed.union(&self.registered) } else { role.allowed.clone() }
    }

    /// What each role allows, with what it inherits.
    pub fn compiled(&self) -> BTreeMap<RoleName, PermissionSet> {
        self.roles.keys().map(|name| (name.clone(), self.permissions(name))).collect()
    }

    /// Which of a role and its parents give a permission, the role first.
    pub fn sources(&self, name: &RoleName, permission: PermissionNumber) -> Vec<&RoleName> {
        self.line(name).into_iter().filter(|name| self.given(name).contains(permission)).collect()
    }

    /// Adds a permission that the tenant registered: it comes to the roles that take such by themselves.
    pub fn register(&mut self, permission: PermissionNumber) {
        self.registered.insert(permission);
    }

    /// Adds a role of the tenant's own. `by` is what its author holds.
    pub fn create(&mut self, name: &RoleName, role: Role, by: &PermissionSet) -> Result<(), RoleRefused> {
        if self.roles.contains_key(name) {
            return Err(RoleRefused::Exists);
        }
        if self.roles.len() >= MOST_ROLES {
            return Err(RoleRefused::TooMany);
        }
        self.put(name, role, by)
    }

    /// Changes a role of the tenant's own. What it had must be within what its author holds, too: a role is not weakened by
    /// somebody weaker.
    pub fn edit(&mut self, name: &RoleName, role: Role, by: &PermissionSet) -> Result<(), RoleRefused> {
        self.changeable(name, by)?;
        self.put(name, role, by)
    }

    /// Removes a role of the tenant's own that nothing inherits from. Whether members hold it is for the caller to see.
    pub fn remove(&mut self, name: &RoleName, by: &PermissionSet) -> Result<(), RoleRefused> {
        self.changeable(name, by)?;
        if self.roles.values().any(|role| role.parent.as_ref() == Some(name)) {
            return Err(RoleRefused::HasChildren);
        }
        self.roles.remove(name);
        Ok(())
    }

    fn changeable(&self, name: &RoleName, by: &PermissionSet) -> Result<(), RoleRefused> {
        match self.roles.get(name) {
            None => Err(RoleRefused::Unknown),
            Some(role) if role.preset => Err(RoleRefused::Preset),
            Some(_) => {
                let more = self.permissions(name).without(by);
                if more.is_empty() { Ok(()) } else { Err(RoleRefused::Stronger(more)) }
            }
        }
    }

    fn put(&mut self, name: &RoleName, role: Role, by: &PermissionSet) -> Result<(), RoleRefused> {
        if role.parent.as_ref().is_some_and(|parent| parent != name && !self.roles.contains_key(parent)) {
            return Err(RoleRefused::UnknownParent);
        }
        let mut after = self.clone();
        after.roles.insert(name.clone(), Role { preset: false, takes_registered: false, ..role });
        after.check_lines()?;
        let (before, gained) = (self.compiled(), after.compiled());
        let nothing = PermissionSet::default();
        let gains = gained.iter().map(|(name, now)| now.without(before.get(name).unwrap_or(&nothing)));
        let more = gains.fold(nothing.clone(), |all, gain| all.union(&gain)).without(by);
        if !more.is_empty() {
            return Err(RoleRefused::Exceeds(more));
        }
        *self = after;
        Ok(())
    }

    /// Whether every chain of parents ends, and in time.
    fn check_lines(&self) -> Result<(), RoleRefused> {
        for start in self.roles.keys() {
            let (mut name, mut length) = (start, 1);
            while let Some(parent) = self.roles.get(name).and_then(|role| role.parent.as_ref()) {
                (name, length) = (parent, length + 1);
                if name == start {
                    return Err(RoleRefused::Cycle);
                }
                if length > MOST_GENERATIONS {
                    return Err(RoleRefused::TooDeep);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
