//! An execution as it is stored: enough to go on after the process has died.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where an execution stands, spelled as in `DescribeExecution`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Not ended.
    Running,
    /// Ended in a Succeed state or a state with `End`.
    Succeeded,
    /// Ended in a Fail state or by an error nobody caught.
    Failed,
    /// Ran longer than the `TimeoutSeconds` of the machine.
    TimedOut,
    /// Stopped from outside.
    Aborted,
}

/// What a new execution is made of.
#[derive(Clone, Debug)]
pub struct Start {
    /// ARN of the execution.
    pub arn: String,
    /// Name of the execution, the last part of its ARN.
    pub name: String,
    /// ARN of the state machine.
    pub state_machine_arn: String,
    /// Name of the state machine.
    pub state_machine_name: String,
    /// Input, at most 262,144 bytes as JSON.
    pub input: Value,
    /// When it starts.
    pub at: Timestamp,
}

/// The state an execution is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Current {
    /// Name of the state.
    pub state: String,
    /// Raw input of the state.
    pub input: Value,
    /// When the state was entered.
    pub entered_at: Timestamp,
    /// Retries made since then, one count per retrier in the order of the definition.
    pub retries: Vec<u32>,
    /// End of the wait or backoff under way.
    pub wait_until: Option<Timestamp>,
}

/// Snapshot of an execution. Its history is kept by the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// ARN of the execution.
    pub arn: String,
    /// Name of the execution.
    pub name: String,
    /// ARN of the state machine.
    pub state_machine_arn: String,
    /// Name of the state machine.
    pub state_machine_name: String,
    /// Input of the execution.
    pub input: Value,
    /// Where it stands.
    pub status: Status,
    /// The state it is in; absent before the first and after the last.
    pub current: Option<Current>,
    /// Output, when it succeeded.
    pub output: Option<Value>,
    /// Error name, when it ended otherwise and there is one.
    pub error: Option<String>,
    /// Cause, when it ended otherwise and there is one.
    pub cause: Option<String>,
    /// When it started.
    pub start_date: Timestamp,
    /// When it ended.
    pub stop_date: Option<Timestamp>,
    /// Id of the newest event of its history; 0 before the first.
    pub last_event_id: u64,
}

impl Execution {
    /// An execution that has not entered a state. Store it before acknowledging it, then run it.
    pub fn new(start: Start) -> Self {
        Self {
            arn: start.arn,
            name: start.name,
            state_machine_arn: start.state_machine_arn,
            state_machine_name: start.state_machine_name,
            input: start.input,
            status: Status::Running,
            current: None,
            output: None,
            error: None,
            cause: None,
            start_date: start.at,
            stop_date: None,
            last_event_id: 0,
        }
    }
}
