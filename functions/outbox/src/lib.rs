//! From the table's stream to the event bus: every event that a command wrote is published, in
//! batches; what the bus refused is asked for again by the stream.

use serde::Deserialize;
use serde_dynamo::Item;
use serde_json::{Value, json};
use vestibule_adapters::bus::{Bus, BusEvent};
use vestibule_api::{FunctionError, Settings, state::StartError};
use vestibule_store::OutboxEvent;

/// What the function works with.
#[derive(Debug)]
pub struct Outbox {
    /// The event bus.
    pub bus: Bus,
}

impl Outbox {
    /// Opens the bus that the settings name.
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        let config = settings.aws("EVENTBRIDGE")?;
        Ok(Self { bus: Bus::new(&config, settings.get("EVENT_BUS")?) })
    }
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    #[serde(default)]
    new_image: Item,
}

/// Publishes the outbox rows among the stream's records. Answers with the sequence number of the
/// first that was not published; the stream delivers from there again.
pub async fn handle(outbox: &Outbox, event: Value) -> Result<Value, FunctionError> {
    let event: Event = serde_json::from_value(event)
        .map_err(|error| FunctionError { name: "Malformed".into(), message: error.to_string() })?;
    let rows: Vec<(String, BusEvent)> = event.records.into_iter().filter_map(read).collect();
    let count = rows.len();
    let events = rows.iter().map(|(_, event)| event.clone()).collect();
    let failed = match outbox.bus.publish(events).await {
        Ok(failed) => failed,
        Err(error) => {
            tracing::warn!(%error, "the bus took nothing");
            rows.iter().map(|(_, event)| event.id.clone()).collect()
        }
    };
    tracing::info!(published = count - failed.len(), failed = failed.len(), "outbox");
    let first = rows.iter().find(|(_, event)| failed.contains(&event.id));
    let failures: Vec<_> = first.iter().map(|(sequence, _)| json!({ "itemIdentifier": sequence })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}

/// The outbox row in a record, if it is one.
fn read(record: Record) -> Option<(String, BusEvent)> {
    let Change { sequence_number, new_image } = record.dynamodb;
    let event: OutboxEvent =
        serde_dynamo::from_item(new_image).ok().filter(|_| record.event_name == "INSERT")?;
    let mut detail = event.detail;
    detail["id"] = json!(event.id);
    detail["at"] = json!(event.at);
    Some((sequence_number, BusEvent { id: event.id.to_string(), detail_type: event.detail_type, detail }))
}
