//! The event bus: publishing in the batches that `EventBridge` takes.
//!
//! Delivery is at least once: an event whose answer was lost is reported as failed and comes again, so
//! consumers tell repetitions by an id inside `detail`.

use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use aws_types::SdkConfig;
use serde_json::Value;

use crate::fault::{Common, Fault, common, fault_of};

const SOURCE: &str = "vestibule";
const MOST_ENTRIES: usize = 10;
// The service's limit is 1 MB for the whole request; the rest is room for its own count of the other fields.
const MOST_BYTES: usize = 900_000;

/// One event. `detail` is a JSON object and holds no secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct BusEvent {
    /// The publisher's id, to tell which events failed; it is not sent.
    pub id: String,
    /// What happened, such as `job.pending`.
    pub detail_type: String,
    /// The facts.
    pub detail: Value,
}

/// Why nothing at all could be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// The same call may succeed later.
    #[error("the event bus refused for now ({code})")]
    Retry {
        /// The reason, `snake_case`.
        code: &'static str,
        /// How long the service asks to wait.
        after: Option<Duration>,
    },
    /// Repeating does not help.
    #[error("the event bus refused ({code})")]
    Permanent {
        /// The reason, `snake_case`.
        code: &'static str,
    },
}

/// One event bus.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// The bus called `name` (a name or an ARN).
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { client: Client::new(config), name: name.into() }
    }

    /// Publishes all events under the source `vestibule` and answers the ids of those that failed, in order.
    ///
    /// An error means that no event is known to be published. When a later batch fails as a whole, its ids
    /// and those after it are reported instead; an event too large to send is always among the failed.
    pub async fn publish(&self, events: Vec<BusEvent>) -> Result<Vec<String>, BusError> {
        let (batches, mut failed) = batches(events);
        let mut batches = batches.into_iter();
        let mut published = false;
        for batch in batches.by_ref() {
            match self.put(&batch).await {
                Ok(lost) => failed.extend(lost),
                Err(error) if !published => return Err(error),
                Err(_) => {
                    failed.extend(batch.into_iter().map(|event| event.id));
                    break;
                }
            }
            published = true;
        }
        failed.extend(batches.flatten().map(|event| event.id));
        Ok(failed)
    }

    async fn put(&self, batch: &[BusEvent]) -> Result<Vec<String>, BusError> {
        let entries = batch.iter().map(|event| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(&event.detail_type)
                .detail(event.detail.to_string())
                .build()
        });
        let answer = self
            .client
            .put_events()
            .set_entries(Some(entries.collect()))
            .send()
            .await
            .map_err(|error| meaning(fault_of(&error)))?;
        Ok(failures(batch, answer.entries()))
    }
}

fn batches(events: Vec<BusEvent>) -> (Vec<Vec<BusEvent>>, Vec<String>) {
    let mut batches: Vec<Vec<BusEvent>> = Vec::new();
    let mut oversized = Vec::new();
    let mut bytes = 0;
    for event in events {
        let size = event.detail.to_string().len() + event.detail_type.len() + SOURCE.len();
        if size > MOST_BYTES {
            oversized.push(event.id);
            continue;
        }
        match batches.last_mut() {
            Some(batch) if batch.len() < MOST_ENTRIES && bytes + size <= MOST_BYTES => {
                batch.push(event);
                bytes += size;
            }
            _ => {
                batches.push(vec![event]);
                bytes = size;
            }
        }
    }
    (batches, oversized)
}

fn failures(batch: &[BusEvent], results: &[PutEventsResultEntry]) -> Vec<String> {
    let accepted = |place: usize| {
        // Results stand in the order of the entries; with another number of them none can be told.
        let result = results.get(place).filter(|_| results.len() == batch.len());
        result.is_some_and(|result| result.error_code().is_none() && result.event_id().is_some())
    };
    batch
        .iter()
        .enumerate()
        .filter(|(place, _)| !accepted(*place))
        .map(|(_, event)| event.id.clone())
        .collect()
}

fn meaning(fault: Fault) -> BusError {
    match fault {
        Fault::Unsendable => BusError::Permanent { code: "request_invalid" },
        Fault::Unreachable => BusError::Retry { code: "unreachable", after: None },
        Fault::Lost(code) => BusError::Retry { code, after: None },
        Fault::Answered { code, status, after } => match common(&code, status) {
            Common::Retry(code) | Common::Unknown(code) => BusError::Retry { code, after },
            Common::Permanent(code) => BusError::Permanent { code },
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(number: usize, detail: Value) -> BusEvent {
        BusEvent { id: format!("event-{number}"), detail_type: "job.pending".to_owned(), detail }
    }

    fn accepted() -> PutEventsResultEntry {
        PutEventsResultEntry::builder().event_id("e").build()
    }

    #[test]
    fn batches_hold_ten_events_and_keep_their_order() {
        let events: Vec<_> = (0..23).map(|number| event(number, json!({}))).collect();
        let (batches, oversized) = batches(events.clone());
        let sizes: Vec<_> = batches.iter().map(Vec::len).collect();
        assert_eq!(sizes, [10, 10, 3]);
        assert_eq!(batches.concat(), events);
        assert!(oversized.is_empty());
    }

    #[test]
    fn a_large_event_gets_a_batch_of_its_own_and_an_oversized_one_fails_alone() {
        let filled = |number, length| event(number, json!({ "text": "x".repeat(length) }));
        let events =
            vec![event(0, json!({})), filled(1, MOST_BYTES - 40), filled(2, MOST_BYTES), event(3, json!({}))];
        let (batches, oversized) = batches(events);
        let sizes: Vec<_> = batches.iter().map(Vec::len).collect();
        assert_eq!(sizes, [1, 1, 1]);
        assert_eq!(oversized, ["event-2"]);
    }

    #[test]
    fn only_entries_with_an_id_and_no_error_are_published() {
        let batch: Vec<_> = (0..3).map(|number| event(number, json!({}))).collect();
        let refused = PutEventsResultEntry::builder().error_code("ThrottlingException").build();
        let empty = PutEventsResultEntry::builder().build();
        assert_eq!(failures(&batch, &[accepted(), refused, empty]), ["event-1", "event-2"]);
    }

    #[test]
    fn an_answer_of_another_length_publishes_nothing() {
        let batch: Vec<_> = (0..2).map(|number| event(number, json!({}))).collect();
        assert_eq!(failures(&batch, &[accepted()]), ["event-0", "event-1"]);
        assert_eq!(failures(&batch, &[]), ["event-0", "event-1"]);
    }

    #[test]
    fn outages_are_retried_and_mistakes_are_not() {
        let retry = BusError::Retry { code: "timed_out", after: None };
        assert_eq!(meaning(Fault::Lost("timed_out")), retry);
        let refused =
            Fault::Answered { code: "ResourceNotFoundException".to_owned(), status: 400, after: None };
        assert_eq!(meaning(refused), BusError::Permanent { code: "unrecognized" });
    }
}
