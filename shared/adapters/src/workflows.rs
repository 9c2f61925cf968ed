//! Step Functions: starting executions and asking how they ended.
//!
//! An execution's name is its idempotency key: starting again under the same name never runs the work twice.

use std::time::Duration;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::config::Builder;
use aws_sdk_sfn::types::ExecutionStatus as WireStatus;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;

use crate::fault::{Common, Fault, common, fault_of};

/// Whether a start was the first under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// The execution runs. An earlier start with the same name and input that still runs looks the same.
    New,
    /// The name was used before, with other input or by an execution that has ended.
    Already,
}

/// How an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionStatus {
    /// Not ended yet, or waiting to be redriven.
    Running,
    /// Ended well.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Ended by its own time limit.
    TimedOut,
    /// Stopped by somebody.
    Aborted,
}

/// Why a call did not succeed. A lost answer is `Retry`: both calls can be repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// The same call may succeed later.
    #[error("the workflow service refused for now ({code})")]
    Retry {
        /// The reason, `snake_case`.
        code: &'static str,
        /// How long the service asks to wait.
        after: Option<Duration>,
    },
    /// Repeating does not help.
    #[error("the workflow service refused ({code})")]
    Permanent {
        /// The reason, `snake_case`.
        code: &'static str,
    },
}

/// Starts and describes executions.
#[derive(Debug, Clone)]
pub struct Workflows {
    client: Client,
}

impl Workflows {
    /// A client without silent retries: the caller's own schedule repeats.
    pub fn new(config: &SdkConfig) -> Self {
        let config = Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config) }
    }

    /// Starts an execution called `name` (1 to 80 characters) with `input_json` (a JSON text of ids only, at
    /// most 262,144 bytes).
    pub async fn start(
        &self,
        state_machine_arn: &str,
        name: &str,
        input_json: &str,
    ) -> Result<Started, WorkflowError> {
        let call =
            self.client.start_execution().state_machine_arn(state_machine_arn).name(name).input(input_json);
        match call.send().await {
            Ok(answer) if answer.execution_arn().is_empty() => Err(meaning(Fault::Lost("answer_unreadable"))),
            Ok(_) => Ok(Started::New),
            Err(error) => match fault_of(&error) {
                Fault::Answered { code, .. } if code == "ExecutionAlreadyExists" => Ok(Started::Already),
                fault => Err(meaning(fault)),
            },
        }
    }

    /// How the execution stands; `None` when there is none.
    pub async fn describe(&self, execution_arn: &str) -> Result<Option<ExecutionStatus>, WorkflowError> {
        let call = self.client.describe_execution().execution_arn(execution_arn);
        match call.send().await {
            Ok(answer) => status_of(answer.status()).map(Some),
            Err(error) => match fault_of(&error) {
                Fault::Answered { code, .. } if code == "ExecutionDoesNotExist" => Ok(None),
                fault => Err(meaning(fault)),
            },
        }
    }
}

/// ARN of the execution `name` of a state machine; `None` when `machine_arn` is not one of a state machine.
pub fn execution_arn(machine_arn: &str, name: &str) -> Option<String> {
    let (service, machine) = machine_arn.split_once(":stateMachine:")?;
    let whole = service.starts_with("arn:") && !machine.is_empty() && !machine.contains(':');
    whole.then(|| format!("{service}:execution:{machine}:{name}"))
}

fn status_of(status: &WireStatus) -> Result<ExecutionStatus, WorkflowError> {
    match status {
        WireStatus::Running | WireStatus::PendingRedrive => Ok(ExecutionStatus::Running),
        WireStatus::Succeeded => Ok(ExecutionStatus::Succeeded),
        WireStatus::Failed => Ok(ExecutionStatus::Failed),
        WireStatus::TimedOut => Ok(ExecutionStatus::TimedOut),
        WireStatus::Aborted => Ok(ExecutionStatus::Aborted),
        _ => Err(WorkflowError::Retry { code: "answer_unreadable", after: None }),
    }
}

fn meaning(fault: Fault) -> WorkflowError {
    let retry = |code| WorkflowError::Retry { code, after: None };
    match fault {
        Fault::Unsendable => WorkflowError::Permanent { code: "request_invalid" },
        Fault::Unreachable => retry("unreachable"),
        Fault::Lost(code) => retry(code),
        Fault::Answered { code, status, after } => of_code(&code, status, after),
    }
}

fn of_code(code: &str, status: u16, after: Option<Duration>) -> WorkflowError {
    let permanent = match code {
        "ExecutionLimitExceeded" => {
            return WorkflowError::Retry { code: "execution_limit", after };
        }
        "KmsThrottlingException" => {
            return WorkflowError::Retry { code: "throttled", after };
        }
        "StateMachineDoesNotExist" | "StateMachineDeleting" => "state_machine_not_found",
        "InvalidName" => "name_invalid",
        "InvalidArn" => "arn_invalid",
        "InvalidExecutionInput" => "input_invalid",
        "KmsAccessDeniedException" | "KmsInvalidStateException" => "key_unusable",
        _ => match common(code, status) {
            Common::Retry(code) | Common::Unknown(code) => {
                return WorkflowError::Retry { code, after };
            }
            Common::Permanent(code) => code,
        },
    };
    WorkflowError::Permanent { code: permanent }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:mailbox";

    fn answered(code: &str, status: u16) -> WorkflowError {
        meaning(Fault::Answered { code: code.to_owned(), status, after: None })
    }

    #[test]
    fn an_executions_arn_follows_from_machine_and_name() {
        assert_eq!(
            execution_arn(MACHINE, "job_1-1").as_deref(),
            Some("arn:aws:states:eu-west-1:123456789012:execution:mailbox:job_1-1")
        );
        assert_eq!(execution_arn("mailbox", "job_1-1"), None);
        assert_eq!(execution_arn(&format!("{MACHINE}:live"), "job_1-1"), None);
    }

    #[test]
    fn lost_answers_and_outages_are_retried_and_mistakes_are_not() {
        let retry = |code| WorkflowError::Retry { code, after: None };
        assert_eq!(meaning(Fault::Lost("timed_out")), retry("timed_out"));
        assert_eq!(meaning(Fault::Unreachable), retry("unreachable"));
        assert_eq!(answered("ThrottlingException", 400), retry("throttled"));
        assert_eq!(answered("ExecutionLimitExceeded", 400), retry("execution_limit"));
        assert_eq!(answered("InternalFailure", 500), retry("internal_failure"));
        let permanent = |code| WorkflowError::Permanent { code };
        assert_eq!(answered("InvalidName", 400), permanent("name_invalid"));
        assert_eq!(answered("StateMachineDoesNotExist", 400), permanent("state_machine_not_found"));
        assert_eq!(answered("AccessDeniedException", 400), permanent("access_denied"));
    }

    #[test]
    fn an_execution_waiting_to_be_redriven_has_not_ended() {
        assert_eq!(status_of(&WireStatus::PendingRedrive), Ok(ExecutionStatus::Running));
        assert!(status_of(&WireStatus::from("DREAMING")).is_err());
    }
}
