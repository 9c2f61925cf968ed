//! Executions of the state machines and their histories.

use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::json;
use vestibule_asl::{Event, Execution};

use super::render::time;
use super::{Local, Page, PageError};

#[derive(Serialize)]
struct ExecutionView {
    name: String,
    machine: String,
    status: String,
    state: Option<String>,
    input: String,
    error: Option<String>,
    cause: Option<String>,
    started: String,
    stopped: Option<String>,
}

#[derive(Serialize)]
struct EventView {
    id: u64,
    kind: String,
    at: String,
    state: Option<String>,
    details: Option<String>,
    failed: bool,
}

impl From<Execution> for ExecutionView {
    fn from(execution: Execution) -> Self {
        let status = serde_json::to_value(execution.status).unwrap_or_default();
        Self {
            name: execution.name,
            machine: execution.state_machine_name,
            status: status.as_str().unwrap_or_default().to_owned(),
            state: execution.current.map(|current| current.state),
            input: execution.input.to_string(),
            error: execution.error,
            cause: execution.cause,
            started: time(execution.start_date),
            stopped: execution.stop_date.map(time),
        }
    }
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        let details = event.details.into_values().next();
        let state = details.as_ref().and_then(|details| details["name"].as_str());
        Self {
            id: event.id,
            at: time(event.timestamp),
            state: state.map(str::to_owned),
            failed: event.kind.ends_with("Failed") || event.kind.ends_with("TimedOut"),
            kind: event.kind,
            details: details.map(|details| details.to_string()),
        }
    }
}

/// All executions, newest first.
pub(super) async fn list_executions(State(local): State<Local>) -> Page {
    let mut found = local.cloud.step_functions().executions()?;
    found.sort_by_key(|execution| std::cmp::Reverse(execution.start_date));
    let executions: Vec<ExecutionView> = found.into_iter().map(ExecutionView::from).collect();
    local.pages.show("workflows.html", &json!({ "executions": executions }))
}

/// One execution by name, with its history.
pub(super) async fn get_execution(State(local): State<Local>, Path(name): Path<String>) -> Page {
    let mut found = local.cloud.step_functions().executions()?.into_iter();
    let execution = found.find(|execution| execution.name == name).ok_or(PageError::Unknown)?;
    let history = local.cloud.step_functions().history(&execution.arn)?;
    let events: Vec<EventView> = history.into_iter().map(EventView::from).collect();
    local
        .pages
        .show("workflow.html", &json!({ "execution": ExecutionView::from(execution), "events": events }))
}
