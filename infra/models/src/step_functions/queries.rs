//! Reading executions, their histories and the state machines.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_asl::{Event, Execution, Status};

use super::{StepFunctions, rules, store};
use crate::{error::ServiceError, storage::Rows, wire::epoch_seconds};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeExecution {
    execution_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetExecutionHistory {
    execution_arn: String,
    max_results: Option<usize>,
    #[serde(default)]
    reverse_order: bool,
    next_token: Option<String>,
    include_execution_data: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListExecutions {
    state_machine_arn: String,
    status_filter: Option<Status>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListStateMachines {
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl StepFunctions {
    pub(super) fn get_execution(&self, rows: &Rows<'_>, arn: &str) -> Result<Execution, ServiceError> {
        if !arn.starts_with(&self.arn("execution")) {
            return Err(ServiceError::refused("InvalidArn", format!("Invalid Arn: '{arn}'")));
        }
        let missing =
            || ServiceError::refused("ExecutionDoesNotExist", format!("Execution Does Not Exist: '{arn}'"));
        store::find(rows, arn)?.ok_or_else(missing)
    }

    pub(super) fn describe_execution(&self, request: &DescribeExecution) -> Result<Value, ServiceError> {
        let execution = self.storage.transact(|rows| self.get_execution(rows, &request.execution_arn))?;
        let mut view = summary(&execution);
        view["input"] = json!(execution.input.to_string());
        view["inputDetails"] = json!({ "included": true });
        if let Some(output) = &execution.output {
            view["output"] = json!(output.to_string());
            view["outputDetails"] = json!({ "included": true });
        }
        for (name, text) in [("error", &execution.error), ("cause", &execution.cause)] {
            if let Some(text) = text {
                view[name] = json!(text);
            }
        }
        Ok(view)
    }

    pub(super) fn get_execution_history(&self, request: &GetExecutionHistory) -> Result<Value, ServiceError> {
        let mut events = self.storage.transact(|rows| {
            let execution = self.get_execution(rows, &request.execution_arn)?;
            Ok::<_, ServiceError>(store::events(rows, &execution.arn)?)
        })?;
        if request.reverse_order {
            events.reverse();
        }
        let with_data = request.include_execution_data.unwrap_or(true);
        let views = events.into_iter().map(|event| event_view(event, with_data)).collect();
        page("events", views, request.max_results, request.next_token.as_deref())
    }

    /// The newest execution comes first.
    pub(super) fn list_executions(&self, request: &ListExecutions) -> Result<Value, ServiceError> {
        let machine = self.machine_name(&request.state_machine_arn)?;
        let prefix = format!("{}{machine}:", self.arn("execution"));
        let mut executions = self.storage.transact(|rows| store::executions(rows, &prefix))?;
        executions.retain(|execution| request.status_filter.is_none_or(|status| execution.status == status));
        executions.sort_by_key(|execution| Reverse(execution.start_date));
        let views = executions.iter().map(summary).collect();
        page("executions", views, request.max_results, request.next_token.as_deref())
    }

    pub(super) fn list_state_machines(&self, request: &ListStateMachines) -> Result<Value, ServiceError> {
        let view = |(name, created_at)| json!({ "stateMachineArn": self.state_machine_arn(name), "name": name, "type": "STANDARD", "creationDate": created_at });
        let engine = self.engine();
        let machines =
            engine.machines.iter().map(|(name, machine)| (name.as_str(), epoch_seconds(machine.created_at)));
        page(
            "stateMachines",
            machines.map(view).collect(),
            request.max_results,
            request.next_token.as_deref(),
        )
    }
}

/// The members that `ListExecutions` shows of each execution.
fn summary(execution: &Execution) -> Value {
    let mut view = json!({
        "executionArn": execution.arn, "stateMachineArn": execution.state_machine_arn, "name": execution.name,
        "status": execution.status, "startDate": epoch_seconds(execution.start_date),
    });
    if let Some(stop_date) = execution.stop_date {
        view["stopDate"] = epoch_seconds(stop_date);
    }
    view
}

fn event_view(event: Event, with_data: bool) -> Value {
    let mut view = json!({
        "id": event.id, "previousEventId": event.previous_event_id, "type": event.kind, "timestamp": epoch_seconds(event.timestamp),
    });
    for (name, mut details) in event.details {
        if let Some(members) = details.as_object_mut().filter(|_| !with_data) {
            members.retain(|member, _| !matches!(member.as_str(), "input" | "output" | "parameters"));
        }
        view[name] = details;
    }
    view
}

/// One page of `elements` under `name`; the token is the position of the next.
fn page<T: Serialize>(
    name: &str,
    elements: Vec<T>,
    size: Option<usize>,
    token: Option<&str>,
) -> Result<Value, ServiceError> {
    let (size, start) = (rules::page_size(size)?, rules::page_start(token)?);
    let end = start.saturating_add(size);
    let more = end < elements.len();
    let shown: Vec<_> = elements.into_iter().skip(start).take(size).collect();
    let mut page = json!({ name: shown });
    if more {
        page["nextToken"] = json!(end.to_string());
    }
    Ok(page)
}
