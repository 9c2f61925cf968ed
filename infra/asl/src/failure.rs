//! The error of a state: the name that Retry and Catch match, and the cause for people.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) const RUNTIME: &str = "States.Runtime";
pub(crate) const TIMEOUT: &str = "States.Timeout";
pub(crate) const DATA_LIMIT: &str = "States.DataLimitExceeded";

/// A failed attempt at a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct TaskFailure {
    /// Error name, such as `Retry`, `Lambda.Unknown` or `States.Timeout`.
    pub error: String,
    /// Text for people; for a failed handler the JSON of its answer.
    pub cause: String,
}

impl TaskFailure {
    /// A failure with this name and cause.
    pub fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: error.into(), cause: cause.into() }
    }

    /// The failure that Step Functions makes of a function error answer
    /// (`{"errorType", "errorMessage"}`); `Lambda.Unknown` when it names no type.
    pub fn of_function(answer: &Value) -> Self {
        let error = answer.get("errorType").and_then(Value::as_str).unwrap_or("Lambda.Unknown");
        Self::new(error, answer.to_string())
    }

    pub(crate) fn runtime(cause: impl Into<String>) -> Self {
        Self::new(RUNTIME, cause)
    }

    pub(crate) fn output(&self) -> Value {
        json!({ "Error": self.error, "Cause": self.cause })
    }
}
