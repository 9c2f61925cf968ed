//! Accounts that the platform made: who has one, where it came from, and what was asked for.

use serde::{Deserialize, Serialize};

use crate::{Email, JobId, PersonName, Preset, RoleName, TenantId, Tier, UserId, UserState, UserStatus};

/// How an account came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountOrigin {
    /// An administrator of the platform asked for it.
    Admin,
    /// A promotional sign-up became it.
    Promo,
}

impl AccountOrigin {
    /// The name in rows and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Promo => "promo",
        }
    }
}

/// An account of a person, as the platform looks after it. Name and address are the person's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose.
    pub user: UserId,
    /// The tenant that it was first made for.
    pub tenant: TenantId,
    /// The role that it was first given there.
    pub role: RoleName,
    /// Its subscription.
    pub tier: Tier,
    /// `invited`, `active`, `suspended` or `removed`, since when and by whom.
    pub status: UserStatus,
    /// The job that made it.
    pub job: JobId,
    /// Where it came from.
    pub origin: AccountOrigin,
    /// Counts its writes.
    pub version: u64,
}

impl Account {
    /// The states that an account is listed by.
    pub const STATES: [UserState; 4] =
        [UserState::Invited, UserState::Active, UserState::Suspended, UserState::Removed];

    /// The same account with another subscription or state, one version on.
    #[must_use]
    pub fn changed(&self, tier: Tier, status: UserStatus) -> Self {
        Self { tier, status, version: self.version + 1, ..self.clone() }
    }
}

/// An organization that is made with its first account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrganization {
    /// The company's name.
    pub name: String,
    /// Its name in addresses of pages.
    pub slug: String,
    /// Decides its first roles.
    pub preset: Preset,
}

/// What was asked for: the record that the job of an account works from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountOrder {
    /// The address. Sealed in the table.
    pub email: Email,
    /// The name of the person, where one has to be made. Sealed in the table.
    pub name: PersonName,
    /// The person's id, where one has to be made.
    pub user: UserId,
    /// The subscription.
    pub tier: Tier,
    /// The role in the tenant.
    pub role: RoleName,
    /// The organization to make; without one the job's tenant is there already.
    pub organization: Option<NewOrganization>,
    /// Where the order came from.
    pub origin: AccountOrigin,
    /// Who asked: a person's id or the name of a system task.
    pub by: String,
}

/// What the job of an account made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeAccount {
    /// Whose account it is.
    pub user: UserId,
    /// Whether the person was made.
    pub person: bool,
    /// Whether the account was made; else the person had one.
    pub account: bool,
    /// The version that the job left the account with.
    pub version: u64,
    /// The version of the membership.
    pub membership: u64,
}
