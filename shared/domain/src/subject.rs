//! For whom or what a job works.

use serde::{Deserialize, Serialize};

use crate::{HireId, PromoSignupId, TenantId, UserId};

/// For whom or what a job works. The thing itself has a row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Somebody about to join.
    Hire(HireId),
    /// Somebody with an account.
    Person(UserId),
    /// A whole tenant: the one whose job it is.
    Tenant(TenantId),
    /// Somebody who signed up for a promotion.
    PromoSignup(PromoSignupId),
}

impl Subject {
    /// What it is and its id, as audit records and events name it: `("hire", "hire_01J..")`.
    pub fn named(self) -> (&'static str, String) {
        match self {
            Self::Hire(id) => ("hire", id.to_string()),
            Self::Person(id) => ("person", id.to_string()),
            Self::Tenant(id) => ("tenant", id.to_string()),
            Self::PromoSignup(id) => ("promo_signup", id.to_string()),
        }
    }

    /// The hire, if it is one.
    pub fn hire(self) -> Option<HireId> {
        if let Self::Hire(id) = self { Some(id) } else { None }
    }

    /// The sign-up, if it is one.
    pub fn promo_signup(self) -> Option<PromoSignupId> {
        if let Self::PromoSignup(id) = self { Some(id) } else { None }
    }
}

impl From<HireId> for Subject {
    fn from(id: HireId) -> Self {
        Self::Hire(id)
    }
}

impl From<UserId> for Subject {
    fn from(id: UserId) -> Self {
        Self::Person(id)
    }
}

impl From<TenantId> for Subject {
    fn from(id: TenantId) -> Self {
        Self::Tenant(id)
    }
}

impl From<PromoSignupId> for Subject {
    fn from(id: PromoSignupId) -> Self {
        Self::PromoSignup(id)
    }
}
