//! Outgoing events, written with the change they tell of and published afterwards from the
//! table's stream.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_auth::TenantScope;
use vestibule_domain::{EventId, World};

use crate::{
    Conflict, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// How long a published event stays in the table for a person to look at.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One event for the bus: ids only, never personal data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxEvent {
    /// The event's id; a receiver that saw it before can drop it.
    pub id: EventId,
    /// What happened, such as `job.pending`.
    pub detail_type: String,
    /// Ids of the things it is about.
    pub detail: Value,
    /// When.
    pub at: Timestamp,
}

impl OutboxEvent {
    pub(crate) fn new(detail_type: String, detail: Value, world: &World) -> Self {
        Self { id: EventId::new(world), detail_type, detail, at: world.now() }
    }
}

impl Command {
    /// Adds an outgoing event.
    pub(crate) fn announcing(self, scope: &TenantScope, event: &OutboxEvent) -> Result<Self, StoreError> {
        let mut row = to_row(&keys::outbox(scope.tenant(), event.id), Kind::Outbox, event)?;
        let until = event.at.saturating_add(KEPT_FOR).unwrap_or(event.at);
        row.insert("ttl".into(), number(until.as_second()));
        Ok(self.and(Action::put(row).if_new(), Conflict::Exists))
    }
}
