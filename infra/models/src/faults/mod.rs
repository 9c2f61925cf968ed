//! Faults that can be planted in front of any operation, from a test or over HTTP.

mod http_api;
mod queue;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::service::Service;

pub(crate) use http_api::{delete_faults, get_faults, put_faults};
pub use queue::Faults;

/// A planted fault: which calls it hits, how often, and what happens to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The service whose calls are hit.
    pub service: Service,
    /// The operation's name, or `*` for each.
    #[serde(default = "any_operation")]
    pub operation: String,
    /// What happens to a call that is hit.
    pub kind: FaultKind,
    /// How many calls are hit; `u32::MAX` for every one.
    #[serde(default = "once")]
    pub times: u32,
    /// How many matching calls pass before the first is hit.
    #[serde(default)]
    pub after: u32,
    /// Hits only calls whose body, as it is on the wire, contains this text; of Google's and Microsoft's also whose path does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_body: Option<String>,
}

/// What happens to a call that is hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Refused with this error before anything was done.
    Refuse {
        /// The error's name, such as `EntityStateException`.
        error: String,
        /// The HTTP status.
        status: u16,
        /// The message beside it.
        message: String,
    },
    /// Done, then the connection is dropped without an answer.
    LoseAnswer,
    /// Refused as throttled before anything was done.
    Throttle {
        /// The hint sent along, in seconds.
        retry_after: u32,
    },
    /// Done, then answered after this time.
    Late {
        /// The delay in milliseconds.
        millis: u64,
    },
    /// Done, then answered with HTTP 200 and a body that is not JSON.
    Garbage,
    /// Kept waiting until `Faults::release`, then done and answered, even if the caller has hung up meanwhile.
    Hold,
}

impl Fault {
    /// A fault that hits the first call of `operation` (`*` for any) once.
    pub fn new(service: Service, operation: &str, kind: FaultKind) -> Self {
        Self { service, operation: operation.to_owned(), kind, times: once(), after: 0, match_body: None }
    }

    /// The same fault, hitting `times` calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The same fault, letting the first `after` matching calls pass.
    #[must_use]
    pub fn after(mut self, after: u32) -> Self {
        self.after = after;
        self
    }

    /// The same fault, for bodies that contain `text` only.
    #[must_use]
    pub fn matching(mut self, text: &str) -> Self {
        self.match_body = Some(text.to_owned());
        self
    }

    fn matches(&self, service: Service, operation: &str, body: &[u8]) -> bool {
        let wanted = |text: &String| {
            text.is_empty() || body.windows(text.len()).any(|window| window == text.as_bytes())
        };
        self.service == service
            && (self.operation == "*" || self.operation == operation)
            && self.match_body.as_ref().is_none_or(wanted)
    }
}

fn any_operation() -> String {
    "*".to_owned()
}

fn once() -> u32 {
    1
}

/// Shared by the handlers of `/_faults`.
pub(crate) type SharedFaults = Arc<Faults>;
