//! The right to work on the platform itself, as a type: without it storage gives nothing of the platform's lists.

use serde::{Deserialize, Serialize};

use crate::Actor;

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

/// The right to work on the platform, with the grant that gave it and on whose behalf.
#[derive(Debug, Clone)]
pub struct PlatformScope {
    grant: Option<Grant>,
    actor: Actor,
}

impl PlatformScope {
    /// The scope of an administrator whose grant was read for this very request.
    pub fn for_administrator(grant: Grant, actor: Actor) -> Self {
        Self { grant: Some(grant), actor }
    }

    /// The scope of a system task; what it works on must come from a record that the system wrote itself.
    pub fn for_system(task: crate::SystemTask) -> Self {
        Self { grant: None, actor: Actor::System(task) }
    }

    /// The administrator's grant; `None` for a system task.
    pub fn grant(&self) -> Option<Grant> {
        self.grant
    }

    /// Who is behind it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}
