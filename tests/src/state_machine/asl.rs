//! The parts of a definition in the Amazon States Language, as far as sagas need them; the fields are in the order in
//! which a person reads them.

use serde::{Serialize, Serializer};
use vestibule_saga::LEASE;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Machine {
    pub(super) comment: &'static str,
    pub(super) start_at: &'static str,
    pub(super) timeout_seconds: u32,
    #[serde(serialize_with = "in_order")]
    pub(super) states: Vec<(String, State)>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum State {
    Choice(Choice),
    Task(Box<Task>),
    Wait(Wait),
    End(End),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Choice {
    pub(super) r#type: &'static str,
    pub(super) comment: &'static str,
    pub(super) choices: Vec<Branch>,
    pub(super) default: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wait {
    pub(super) r#type: &'static str,
    pub(super) timestamp_path: &'static str,
    pub(super) next: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Branch {
    pub(super) variable: &'static str,
    pub(super) string_equals: &'static str,
    pub(super) next: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Task {
    pub(super) r#type: &'static str,
    pub(super) resource: &'static str,
    pub(super) parameters: Parameters,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result_selector: Option<Selector>,
    pub(super) result_path: Option<&'static str>,
    pub(super) timeout_seconds: u32,
    pub(super) retry: [Retrier; 3],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) catch: Vec<Catcher>,
    pub(super) next: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Parameters {
    pub(super) function_name: &'static str,
    pub(super) payload: Payload,
}

#[derive(Serialize)]
pub(super) struct Payload {
    pub(super) saga: &'static str,
    pub(super) step: &'static str,
    pub(super) action: &'static str,
    #[serde(rename = "tenant.$")]
    pub(super) tenant: &'static str,
    #[serde(rename = "job.$")]
    pub(super) job: &'static str,
    #[serde(rename = "attempt.$")]
    pub(super) attempt: &'static str,
}

/// Keeps what the step asks for, and nothing else of the answer.
#[derive(Serialize)]
pub(super) struct Selector {
    #[serde(rename = "next.$")]
    pub(super) next: &'static str,
    #[serde(rename = "until.$")]
    pub(super) until: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Retrier {
    pub(super) error_equals: &'static [&'static str],
    pub(super) interval_seconds: u32,
    pub(super) max_attempts: u32,
    pub(super) backoff_rate: f64,
    pub(super) max_delay_seconds: u32,
    pub(super) jitter_strategy: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Catcher {
    pub(super) error_equals: [&'static str; 1],
    pub(super) result_path: &'static str,
    pub(super) next: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct End {
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<&'static str>,
}

fn in_order<S: Serializer>(states: &[(String, State)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(states.iter().map(|(name, state)| (name, state)))
}

pub(super) fn retrier(
    error_equals: &'static [&'static str],
    interval_seconds: u32,
    max_attempts: u32,
) -> Retrier {
    Retrier {
        error_equals,
        interval_seconds,
        max_attempts,
        backoff_rate: 2.0,
        max_delay_seconds: 30,
        jitter_strategy: "FULL",
    }
}

/// Asks evenly while another worker holds the job, for twice as long as the lease of a dead one lasts. With jitter
/// all the tries could fall within the lease, and the job would fail though nothing is wrong.
pub(super) fn patient(error_equals: &'static [&'static str]) -> Retrier {
    const INTERVAL: u32 = 5;
    let lease = u32::try_from(LEASE.as_secs()).unwrap_or(u32::MAX);
    Retrier {
        backoff_rate: 1.0,
        jitter_strategy: "NONE",
        ..retrier(error_equals, INTERVAL, 2 * lease / INTERVAL)
    }
}

pub(super) fn caught(error: &'static str, next: String) -> Catcher {
    Catcher { error_equals: [error], result_path: "$.failure", next }
}

pub(super) fn end(r#type: &'static str, why: Option<(&'static str, &'static str)>) -> State {
    State::End(End { r#type, error: why.map(|(error, _)| error), cause: why.map(|(_, cause)| cause) })
}
