//! Which chain a record belongs to.

use std::fmt;

use vestibule_domain::TenantId;

/// A chain by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    /// All that was done in a tenant.
    Tenant(TenantId),
    /// What people did that belongs to no tenant, what was tried with addresses, and the beginnings of all other chains.
    Platform,
}

impl Chain {
    /// The chain of the records in a partition; `None` when it holds none.
    pub(crate) fn of(partition: &str) -> Option<Self> {
        let (owner, _) = partition.split_once("#AUDIT#")?;
        match owner.strip_prefix("T#") {
            Some(tenant) => tenant.parse().ok().map(Self::Tenant),
            None => Some(Self::Platform),
        }
    }
}

/// The tenant's id, or `platform`.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(tenant) => tenant.fmt(f),
            Self::Platform => f.write_str("platform"),
        }
    }
}

impl std::str::FromStr for Chain {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "platform" {
            return Ok(Self::Platform);
        }
        text.parse().map(Self::Tenant).map_err(|_| ())
    }
}
