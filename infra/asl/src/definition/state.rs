//! The parsed states.

use serde_json::Value;

use crate::{
    TaskFailure,
    data::{choice::Condition, path::Path, template::Template},
    failure::{DATA_LIMIT, RUNTIME, TIMEOUT},
};

#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) kind: Kind,
    pub(crate) io: Io,
    /// Absent with `End` and in states that never go on.
    pub(crate) next: Option<String>,
}

/// Input and output processing, in the order in which it is applied.
#[derive(Clone, Debug)]
pub(crate) struct Io {
    pub(crate) input: Selection,
    pub(crate) parameters: Option<Template>,
    pub(crate) selector: Option<Template>,
    /// `None` discards the result (`ResultPath: null`).
    pub(crate) result: Option<Path>,
    pub(crate) output: Selection,
}

/// `InputPath` and `OutputPath`: JSON `null` selects an empty object.
#[derive(Clone, Debug)]
pub(crate) enum Selection {
    Nothing,
    At(Path),
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Task(Task),
    Choice { rules: Vec<(Condition, String)>, default: Option<String> },
    Wait(WaitFor),
    Pass { result: Option<Value> },
    Succeed,
    Fail { error: Text, cause: Text },
}

impl Kind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Task(_) => "Task",
            Self::Choice { .. } => "Choice",
            Self::Wait(_) => "Wait",
            Self::Pass { .. } => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail { .. } => "Fail",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) resource: Resource,
    pub(crate) timeout: TaskTimeout,
    pub(crate) retry: Vec<Retrier>,
    pub(crate) catch: Vec<Catcher>,
}

#[derive(Clone, Debug)]
pub(crate) enum Resource {
    /// `arn:aws:states:::lambda:invoke`: function and payload are parameters, the answer comes wrapped.
    Invoke,
    /// A function ARN: the input is the payload, the answer comes bare.
    Function(String),
}

#[derive(Clone, Debug)]
pub(crate) enum TaskTimeout {
    Unlimited,
    Seconds(u64),
    Path(Path),
}

#[derive(Clone, Debug)]
pub(crate) enum WaitFor {
    Seconds(u64),
    SecondsPath(Path),
    Until(jiff::Timestamp),
    UntilPath(Path),
}

#[derive(Clone, Debug)]
pub(crate) enum Text {
    None,
    Fixed(String),
    Path(Path),
}

#[derive(Clone, Debug)]
pub(crate) struct Retrier {
    pub(crate) errors: Vec<String>,
    pub(crate) max_attempts: u64,
    pub(crate) backoff: Backoff,
}

/// Lengthening pauses between attempts, in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    pub(crate) interval: u32,
    pub(crate) rate: f64,
    pub(crate) max_delay: Option<u32>,
    pub(crate) full_jitter: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Catcher {
    pub(crate) errors: Vec<String>,
    pub(crate) result: Option<Path>,
    pub(crate) next: String,
}

/// Whether `ErrorEquals` names the failure. Nothing catches `States.Runtime`.
pub(crate) fn covers(names: &[String], failure: &TaskFailure) -> bool {
    let error = failure.error.as_str();
    let matching = |pattern: &String| match pattern.as_str() {
        "States.ALL" => error != DATA_LIMIT,
        "States.TaskFailed" => error != DATA_LIMIT && error != TIMEOUT,
        other => other == error,
    };
    error != RUNTIME && names.iter().any(matching)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_leave_out_what_aws_leaves_out() {
        for (name, error, expected) in [
            ("States.ALL", "Any", true),
            ("States.ALL", TIMEOUT, true),
            ("States.ALL", RUNTIME, false),
            ("States.ALL", DATA_LIMIT, false),
            ("States.TaskFailed", "Any", true),
            ("States.TaskFailed", TIMEOUT, false),
            (DATA_LIMIT, DATA_LIMIT, true),
            (RUNTIME, RUNTIME, false),
            ("Any", "Other", false),
        ] {
            assert_eq!(covers(&[name.to_owned()], &TaskFailure::new(error, "")), expected, "{name} {error}");
        }
    }
}
