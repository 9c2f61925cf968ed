//! The right to work on the platform itself, as a type: without it storage gives nothing of the platform's lists.

pub use vestibule_domain::Grant;

use crate::Actor;

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
