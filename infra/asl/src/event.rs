//! Events of a history, in the shape of `GetExecutionHistory`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One event of a history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Number within the execution, from 1.
    pub id: u64,
    /// Number of the event that led to this one; 0 for none.
    pub previous_event_id: u64,
    /// Type, such as `TaskStateEntered`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, RFC 3339 in this form; the wire has epoch seconds.
    pub timestamp: Timestamp,
    /// At most one entry: `taskScheduledEventDetails` or the like, with its object. Input and output are JSON texts.
    #[serde(flatten)]
    pub details: BTreeMap<String, Value>,
}

/// Type and details of an event before it has a number.
pub(crate) struct Happened {
    kind: String,
    details: Option<(&'static str, Value)>,
}

impl Happened {
    pub(crate) fn numbered(self, id: u64, timestamp: Timestamp) -> Event {
        Event {
            id,
            // AWS links the first state to nothing, not to ExecutionStarted.
            previous_event_id: if id == 2 { 0 } else { id - 1 },
            kind: self.kind,
            timestamp,
            details: self.details.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        }
    }

    pub(crate) fn bare(kind: impl Into<String>) -> Self {
        Self { kind: kind.into(), details: None }
    }

    pub(crate) fn with(kind: impl Into<String>, key: &'static str, details: Value) -> Self {
        Self { kind: kind.into(), details: Some((key, details)) }
    }

    pub(crate) fn execution_started(input: &Value) -> Self {
        Self::with(
            "ExecutionStarted",
            "executionStartedEventDetails",
            json!({ "input": input.to_string(), "inputDetails": whole() }),
        )
    }

    pub(crate) fn execution_succeeded(output: &Value) -> Self {
        Self::with(
            "ExecutionSucceeded",
            "executionSucceededEventDetails",
            json!({ "output": output.to_string(), "outputDetails": whole() }),
        )
    }

    pub(crate) fn entered(state_type: &str, name: &str, input: &Value) -> Self {
        Self::with(
            format!("{state_type}StateEntered"),
            "stateEnteredEventDetails",
            json!({ "name": name, "input": input.to_string(), "inputDetails": whole() }),
        )
    }

    pub(crate) fn exited(state_type: &str, name: &str, output: &Value) -> Self {
        Self::with(
            format!("{state_type}StateExited"),
            "stateExitedEventDetails",
            json!({ "name": name, "output": output.to_string(), "outputDetails": whole() }),
        )
    }
}

/// Details of a text that is shown unabridged.
pub(crate) fn whole() -> Value {
    json!({ "truncated": false })
}

/// `{"error", "cause"}` with only what there is.
pub(crate) fn reason(error: Option<&str>, cause: Option<&str>) -> Value {
    let mut details = json!({});
    for (key, text) in [("error", error), ("cause", cause)] {
        if let Some(text) = text {
            details[key] = json!(text);
        }
    }
    details
}
