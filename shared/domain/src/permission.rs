//! What a member may do: a closed list of permissions and sets of them.

use serde::{Deserialize, Serialize};

/// One permission. Its number is its bit in stored roles: never reuse or renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Permission {
    /// `hires.view`: see hires and their provisioning status.
    HiresView = 0,
    /// `hires.manage`: create hires, send new temporary passwords.
    HiresManage = 1,
    /// `provisioning.view`: see jobs and their steps.
    ProvisioningView = 2,
    /// `provisioning.run`: run, retry and cancel jobs.
    ProvisioningRun = 3,
}

impl Permission {
    /// Every permission, in bit order.
    pub const ALL: [Self; 4] =
        [Self::HiresView, Self::HiresManage, Self::ProvisioningView, Self::ProvisioningRun];

    /// The name used in role editors, errors and documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::HiresView => "hires.view",
            Self::HiresManage => "hires.manage",
            Self::ProvisioningView => "provisioning.view",
            Self::ProvisioningRun => "provisioning.run",
        }
    }
}

/// A set of permissions as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// Every permission there is.
    pub fn all() -> Self {
        Permission::ALL.into_iter().collect()
    }

    /// Whether `permission` is in the set.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Both sets together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, p| bits | 1 << p as u8))
    }
}
