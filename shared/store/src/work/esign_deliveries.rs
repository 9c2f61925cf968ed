//! What came in at an e-sign endpoint lately, and what became of it. A row for each delivery, so that deliveries at the same moment
//! do not wait for each other; the table drops them by itself.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vestibule_domain::{EndpointId, EsignDeliveryId, World};

use crate::{
    Conflict, CursorError, CursorKey, Page, PageRequest, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// How long a delivery is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// A document moved on.
    Recorded,
    /// It came late or again; no document moved.
    Unchanged,
    /// Not a kind of event that matters.
    Ignored,
    /// It waits for staff.
    Unmatched,
}

/// One delivery. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsignDelivery {
    /// Its id: in the order in which deliveries came.
    pub id: EsignDeliveryId,
    /// Where it came in.
    pub endpoint: EndpointId,
    /// The vendor's word for what happened; empty when the event does not say.
    pub kind: String,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// When it came.
    pub at: Timestamp,
}

impl EsignDelivery {
    /// A delivery that just came in, of which nothing has become yet.
    pub fn new(endpoint: EndpointId, kind: &str, world: &World) -> Self {
        let (id, kind) = (EsignDeliveryId::new(world), kind.to_owned());
        Self { id, endpoint, kind, outcome: DeliveryOutcome::Ignored, at: world.now() }
    }

    /// The same with what became of it. Of one that moved a document and did something else too, the first is told.
    #[must_use]
    pub fn ended(&self, outcome: DeliveryOutcome) -> Self {
        let outcome =
            if self.outcome == DeliveryOutcome::Recorded { DeliveryOutcome::Recorded } else { outcome };
        Self { outcome, ..self.clone() }
    }
}

impl TenantStore<'_> {
    /// Notes a delivery that changed nothing else.
    pub async fn note_delivery(&self, delivery: &EsignDelivery) -> Result<(), StoreError> {
        self.noting(Command::new(), delivery)?.commit(self.store).await
    }

    /// One page of deliveries at an endpoint, newest first.
    pub async fn list_deliveries(
        &self,
        endpoint: EndpointId,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<EsignDelivery>, CursorError>, StoreError> {
        self.page(&keys::esign_deliveries(endpoint), request, key).await
    }

    /// Adds the note of a delivery to what it changed. Where it changes several things one after the other, the last note counts.
    pub(crate) fn noting(&self, command: Command, delivery: &EsignDelivery) -> Result<Command, StoreError> {
        let key = keys::esign_delivery(self.tenant(), delivery.endpoint, delivery.id);
        let mut row = to_row(&key, Kind::EsignDelivery, delivery)?;
        let until = delivery.at.saturating_add(KEPT_FOR).unwrap_or(delivery.at);
        row.insert("ttl".into(), number(until.as_second()));
        Ok(command.and(Action::put(row), Conflict::Stale))
    }
}
