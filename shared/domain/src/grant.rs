//! What administrators of the platform are.

use serde::{Deserialize, Serialize};

/// What an administrator of the platform may do. Each has work of its own; none includes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Looks after tenants and the platform.
    SuperAdmin,
    /// Provisions and manages accounts.
    GeneralAdmin,
    /// Looks after promotional sign-ups.
    PromoAdmin,
}

impl Grant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SuperAdmin, Self::GeneralAdmin, Self::PromoAdmin];

    /// The name in rows, configuration and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::GeneralAdmin => "general_admin",
            Self::PromoAdmin => "promo_admin",
        }
    }
}
