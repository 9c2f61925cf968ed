//! What can go wrong with a function as its service sees it.

use std::{io, process::ExitStatus, time::Duration};

use serde::Deserialize;

/// A failed invocation, as the function or the service in its place reports it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{error_type}: {error_message}")]
pub struct FunctionError {
    /// The error's name, such as `Permanent`; `Runtime.ExitError` when the process ended, `Sandbox.Timedout` when it
    /// did not answer in time, `Runtime.InvalidResponse` when its answer is no JSON.
    pub error_type: String,
    /// What the function says about it.
    #[serde(rename = "errorMessage")]
    pub error_message: String,
}

impl FunctionError {
    pub(super) fn exited(status: &io::Result<ExitStatus>) -> Self {
        let ended = status.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        Self { error_type: "Runtime.ExitError".into(), error_message: ended }
    }

    pub(super) fn garbled(error: &serde_json::Error) -> Self {
        Self { error_type: "Runtime.InvalidResponse".into(), error_message: error.to_string() }
    }

    pub(super) fn late(limit: Duration) -> Self {
        let message = format!("Task timed out after {:.2} seconds", limit.as_secs_f64());
        Self { error_type: "Sandbox.Timedout".into(), error_message: message }
    }
}

/// A function that did not come to ask for its first event.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its process ended.
    #[error("it ended with {status}: {output}")]
    Ended {
        /// How.
        status: String,
        /// What it wrote to standard error.
        output: String,
    },
    /// It reported an error of its initialization.
    #[error("it reported {0}")]
    Reported(FunctionError),
    /// Nothing happened for so long.
    #[error("it was not ready within {0:?}")]
    Late(Duration),
}
