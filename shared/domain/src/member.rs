//! What kind of member somebody is, and the groups of a team.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{GroupId, Invalid, Permission, PermissionSet};

/// Most roles of one member.
pub const MOST_ROLES_HELD: usize = 10;
/// Most groups of a tenant, and of one member.
pub const MOST_GROUPS: usize = 100;

/// How somebody belongs to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// A colleague.
    #[default]
    Team,
    /// Somebody outside who makes content.
    Creator,
    /// Somebody outside who works on a contract.
    Contractor,
    /// Somebody outside who supplies.
    Vendor,
}

impl MemberKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Team, Self::Creator, Self::Contractor, Self::Vendor];

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Creator => "creator",
            Self::Contractor => "contractor",
            Self::Vendor => "vendor",
        }
    }

    /// Reads a kind as a person wrote it.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| Invalid::new("Give `team`, `creator`, `contractor` or `vendor`."))
    }

    /// What of these permissions counts for a member of this kind: those outside see nothing of the team and of what
    /// the business is connected to, whatever their roles allow.
    pub fn limit(self, allowed: &PermissionSet) -> PermissionSet {
        if self == Self::Team {
            return allowed.clone();
        }
        let inside = |it: &&Permission| {
            ["team.", "audit.", "integrations."].iter().any(|area| it.name().starts_with(area))
        };
        allowed.without(&Permission::ALL.iter().filter(inside).copied().collect())
    }
}

/// The groups of a tenant: names for a part of the team. They allow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Groups(pub BTreeMap<String, String>);

impl Groups {
    /// The name of a group.
    pub fn name(&self, id: GroupId) -> Option<&str> {
        self.0.get(&id.to_string()).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_outside_see_nothing_of_the_team() {
        let all = PermissionSet::all();
        assert_eq!(MemberKind::Team.limit(&all), all);
        for kind in [MemberKind::Creator, MemberKind::Contractor, MemberKind::Vendor] {
            let left = kind.limit(&all);
            for hidden in [Permission::TeamView, Permission::AuditView, Permission::IntegrationsView] {
                assert!(!left.contains(hidden));
            }
            assert!(left.contains(Permission::OrdersView));
            assert_eq!(MemberKind::parse(kind.name()), Ok(kind));
        }
        assert!(MemberKind::parse("owner").is_err());
    }
}
