//! Starting and stopping executions.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_asl::{Event, Execution, Start, Status, Stopped};

use super::{StepFunctions, rules, store};
use crate::{error::ServiceError, ids, storage::Rows, wire::epoch_seconds};

/// How long after its end the name of an execution stays taken.
const NAME_TAKEN: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StartExecution {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StopExecution {
    execution_arn: String,
    error: Option<String>,
    cause: Option<String>,
}

impl StepFunctions {
    /// Repeated with the same name and input while the execution runs, it answers as the first time.
    pub(super) fn start_execution(&self, request: &StartExecution) -> Result<Value, ServiceError> {
        let machine = self.machine_name(&request.state_machine_arn)?;
        let name = request.name.clone().unwrap_or_else(ids::uuid);
        rules::check_name(&name)?;
        let wanted = Execution::new(Start {
            arn: format!("{}{machine}:{name}", self.arn("execution")),
            name,
            state_machine_arn: request.state_machine_arn.clone(),
            state_machine_name: machine,
            input: rules::parse_input(request.input.as_deref())?,
            at: (self.options.clock)(),
        });
        let execution = self.storage.transact(|rows| find_or_start(rows, wanted))?;
        let answer =
            json!({ "executionArn": execution.arn, "startDate": epoch_seconds(execution.start_date) });
        self.spawn(&execution.arn)?;
        Ok(answer)
    }

    /// Stopping an execution that has ended changes nothing.
    pub(super) fn stop_execution(&self, request: &StopExecution) -> Result<Value, ServiceError> {
        let stopped = Stopped { error: request.error.clone(), cause: request.cause.clone() };
        let now = (self.options.clock)();
        // Held over the transaction: an execution is either known to run, or nobody runs it before it is stored as stopped.
        let engine = self.engine();
        let running = engine.running.get(&request.execution_arn);
        let stop_date = self.storage.transact(|rows| {
            let mut execution = self.get_execution(rows, &request.execution_arn)?;
            if let Some(ended) = execution.stop_date {
                return Ok(ended);
            }
            if running.is_some() {
                store::request_stop(rows, &execution.arn, &stopped)?;
            } else {
                let aborted = abort_stored(&mut execution, &stopped, now);
                store::put(rows, &execution, &[aborted])?;
            }
            Ok::<_, ServiceError>(now)
        })?;
        if let Some(abort) = running {
            abort.stop(stopped);
        }
        Ok(json!({ "stopDate": epoch_seconds(stop_date) }))
    }

    pub(super) fn machine_name(&self, arn: &str) -> Result<String, ServiceError> {
        let prefix = self.arn("stateMachine");
        let invalid = || ServiceError::refused("InvalidArn", format!("Invalid Arn: '{arn}'"));
        let name = arn.strip_prefix(&prefix).ok_or_else(invalid)?;
        if self.engine().machines.contains_key(name) {
            return Ok(name.to_owned());
        }
        Err(ServiceError::refused(
            "StateMachineDoesNotExist",
            format!("State Machine Does Not Exist: '{arn}'"),
        ))
    }
}

fn find_or_start(rows: &Rows<'_>, wanted: Execution) -> Result<Execution, ServiceError> {
    if let Some(known) = store::find(rows, &wanted.arn)? {
        if known.status == Status::Running && known.input == wanted.input {
            return Ok(known);
        }
        if known.stop_date.is_none_or(|ended| wanted.start_date.duration_since(ended) < NAME_TAKEN) {
            return Err(ServiceError::refused(
                "ExecutionAlreadyExists",
                format!("Execution Already Exists: '{}'", wanted.arn),
            ));
        }
        store::remove(rows, &known.arn)?;
    }
    store::put(rows, &wanted, &[])?;
    Ok(wanted)
}

/// Ends an execution that no worker runs.
fn abort_stored(execution: &mut Execution, stopped: &Stopped, now: jiff::Timestamp) -> Event {
    execution.status = Status::Aborted;
    execution.stop_date = Some(now);
    execution.current = None;
    execution.error.clone_from(&stopped.error);
    execution.cause.clone_from(&stopped.cause);
    let previous_event_id = execution.last_event_id;
    execution.last_event_id += 1;
    let details = [("error", &stopped.error), ("cause", &stopped.cause)];
    let details: serde_json::Map<_, _> = details
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?))))
        .collect();
    Event {
        id: execution.last_event_id,
        previous_event_id,
        kind: "ExecutionAborted".to_owned(),
        timestamp: now,
        details: [("executionAbortedEventDetails".to_owned(), Value::Object(details))].into(),
    }
}
