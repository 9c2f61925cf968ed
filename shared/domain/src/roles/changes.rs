//! Changes of roles, and of who holds which. Nobody hands out more than they hold. Every change compares sets of permissions: what
//! any role gains by it, the changed one or one that inherits from it, must be within what the one who changes it holds.

use super::{MOST_GENERATIONS, MOST_ROLES, Role, RoleRefused, Roles};
use crate::{MemberKind, PermissionSet, RoleName};

impl Roles {
    /// Adds a role of the tenant's own. `by` is what its author holds.
    pub fn create(&mut self, name: &RoleName, role: Role, by: &PermissionSet) -> Result<(), RoleRefused> {
        if self.by_name.contains_key(name) {
            return Err(RoleRefused::Exists);
        }
        if self.by_name.len() >= MOST_ROLES {
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

    /// Says that a role is being removed: nobody gets it from now on, and who holds it has what it allows. An edit takes it back.
    pub fn retire(&mut self, name: &RoleName, by: &PermissionSet) -> Result<(), RoleRefused> {
        self.clone().remove(name, by)?;
        self.retiring.insert(name.clone());
        Ok(())
    }

    /// Removes a role of the tenant's own that nothing inherits from. Whether members hold it is for the caller to see.
    pub fn remove(&mut self, name: &RoleName, by: &PermissionSet) -> Result<(), RoleRefused> {
        self.changeable(name, by)?;
        if self.by_name.values().any(|role| role.parent.as_ref() == Some(name)) {
            return Err(RoleRefused::HasChildren);
        }
        self.by_name.remove(name);
        self.retiring.remove(name);
        Ok(())
    }

    /// Whether who holds `by` may give a member of `before` the place of `after`. What is given is compared with what the giver
    /// holds, and so is what the member has: nobody changes a stronger one.
    pub fn may_place(
        &self,
        before: (&[RoleName], MemberKind),
        after: (&[RoleName], MemberKind),
        by: &PermissionSet,
    ) -> Result<(), RoleRefused> {
        let had = before.1.limit(&self.allowed(before.0));
        let more = had.without(by);
        if !more.is_empty() {
            return Err(RoleRefused::Stronger(more));
        }
        let new: Vec<_> = after.0.iter().filter(|role| !before.0.contains(role)).cloned().collect();
        if new.iter().any(|role| self.grantable(role).is_none()) {
            return Err(RoleRefused::Unknown);
        }
        let gained = after.1.limit(&self.allowed(after.0)).without(&had);
        let more = self.allowed(&new).union(&gained).without(by);
        if more.is_empty() { Ok(()) } else { Err(RoleRefused::Exceeds(more)) }
    }

    fn changeable(&self, name: &RoleName, by: &PermissionSet) -> Result<(), RoleRefused> {
        match self.by_name.get(name) {
            None => Err(RoleRefused::Unknown),
            Some(role) if role.preset => Err(RoleRefused::Preset),
            Some(_) => {
                let more = self.permissions(name).without(by);
                if more.is_empty() { Ok(()) } else { Err(RoleRefused::Stronger(more)) }
            }
        }
    }

    fn put(&mut self, name: &RoleName, role: Role, by: &PermissionSet) -> Result<(), RoleRefused> {
        if role.parent.as_ref().is_some_and(|parent| parent != name && self.grantable(parent).is_none()) {
            return Err(RoleRefused::UnknownParent);
        }
        let mut after = self.clone();
        after.retiring.remove(name);
        after.by_name.insert(name.clone(), Role { preset: false, takes_registered: false, ..role });
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
        for start in self.by_name.keys() {
            let (mut name, mut length) = (start, 1);
            while let Some(parent) = self.by_name.get(name).and_then(|role| role.parent.as_ref()) {
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
