//! The table's stream as Lambda delivers it. Read is what decides; the rest of a record cannot refuse it.

use serde::{Deserialize, Serialize};
use serde_dynamo::{AttributeValue, Item};
use serde_json::{Value, json};

/// A change of the table. What is sealed in the row stays sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        self.kind == "INSERT" && matches!(found, Some(AttributeValue::S(name)) if name == item)
    }
}

/// An event of the stream.
#[derive(Debug, Deserialize)]
#[serde(from = "Event")]
pub struct Batch {
    /// The changes in their order; `None` when the event is another, such as a schedule's.
    pub changes: Option<Vec<Change>>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
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

impl From<Event> for Batch {
    fn from(Event { records }: Event) -> Self {
        Self { changes: records.map(|records| records.into_iter().map(change).collect()) }
    }
}

fn change(Record { event_name: kind, dynamodb }: Record) -> Change {
    Change { sequence: dynamodb.sequence_number, kind, row: dynamodb.new_image }
}

/// The answer to a batch: from the change of this number on it is delivered again.
pub fn answer(first_left: Option<&str>) -> Value {
    let failures: Vec<_> = first_left.iter().map(|number| json!({ "itemIdentifier": number })).collect();
    json!({ "batchItemFailures": failures })
}
