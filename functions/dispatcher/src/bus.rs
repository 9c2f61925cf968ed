//! The event bus as a consumer: every event that a command wrote is published.

use futures::future::BoxFuture;
use serde_json::json;
use vestibule_adapters::bus::{Bus, BusEvent};
use vestibule_store::OutboxEvent;

use crate::{Change, Consumer};

/// Publishes new `outbox` rows.
#[derive(Debug)]
pub struct EventBus {
    /// Where.
    pub bus: Bus,
}

impl Consumer for EventBus {
    fn name(&self) -> &'static str {
        "bus"
    }

    fn wants(&self, change: &Change) -> bool {
        change.is_new("outbox")
    }

    fn take<'a>(&'a self, changes: &'a [Change]) -> BoxFuture<'a, Vec<usize>> {
        Box::pin(self.publish(changes))
    }
}

impl EventBus {
    async fn publish(&self, changes: &[Change]) -> Vec<usize> {
        let events: Vec<Option<BusEvent>> = changes.iter().map(event).collect();
        let readable = events.iter().flatten().cloned().collect();
        let failed = match self.bus.publish(readable).await {
            Ok(failed) => failed,
            Err(error) => {
                tracing::warn!(%error, "the bus took nothing");
                events.iter().flatten().map(|event| event.id.clone()).collect()
            }
        };
        let is_left =
            |event: &Option<BusEvent>| event.as_ref().is_none_or(|event| failed.contains(&event.id));
        events.iter().enumerate().filter(|(_, event)| is_left(event)).map(|(place, _)| place).collect()
    }
}

/// The event of an `outbox` row; `None` when another version wrote it and this one cannot read it.
fn event(change: &Change) -> Option<BusEvent> {
    let event: OutboxEvent = serde_dynamo::from_item(change.row.clone()).ok()?;
    let mut detail = event.detail;
    detail["id"] = json!(event.id);
    detail["at"] = json!(event.at);
    Some(BusEvent { id: event.id.to_string(), detail_type: event.detail_type, detail })
}
