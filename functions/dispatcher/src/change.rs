//! One change of the table, as its stream tells it.

use serde::{Deserialize, Serialize};
use serde_dynamo::Item;
use serde_json::Value;
use vestibule_api::FunctionError;

/// A change of the table. What is sealed in the row stays sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    /// Its number in the stream.
    pub sequence: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub kind: String,
    /// The row as it is now; empty when it is gone.
    pub row: Item,
}

impl Change {
    /// Whether a new row of a kind, such as `outbox`, was written.
    pub fn is_new(&self, item: &str) -> bool {
        let found = self.row.get("item");
        self.kind == "INSERT" && matches!(found, Some(serde_dynamo::AttributeValue::S(name)) if name == item)
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
    dynamodb: Image,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    sequence_number: String,
    #[serde(default)]
    new_image: Item,
}

/// The changes in an event of the stream, in their order.
pub(crate) fn read(event: Value) -> Result<Vec<Change>, FunctionError> {
    let event: Event = serde_json::from_value(event)
        .map_err(|error| FunctionError { name: "Malformed".into(), message: error.to_string() })?;
    let change = |Record {
                      event_name: kind,
                      dynamodb: Image { sequence_number: sequence, new_image: row },
                  }| { Change { sequence, kind, row } };
    Ok(event.records.into_iter().map(change).collect())
}
