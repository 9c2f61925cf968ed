//! Executions of the state machines and their histories.

use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
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

/// A step as a person wants to see it: how often it was tried, and how long that took.
#[derive(Serialize)]
struct StepView {
    name: String,
    attempts: usize,
    failures: usize,
    entered: String,
    seconds: Option<f64>,
}

/// The steps of a history in the order in which they were entered first.
fn steps(history: &[Event]) -> Vec<StepView> {
    let mut steps: Vec<StepView> = Vec::new();
    let mut current: Option<(usize, Timestamp)> = None;
    for event in history {
        let name = event.details.values().next().and_then(|details| details["name"].as_str());
        if event.kind == "TaskStateEntered"
            && let Some(name) = name
        {
            let place = steps.iter().position(|step| step.name == name).unwrap_or_else(|| {
                let (name, entered) = (name.to_owned(), time(event.timestamp));
                steps.push(StepView { name, attempts: 0, failures: 0, entered, seconds: None });
                steps.len() - 1
            });
            current = Some((place, event.timestamp));
        }
        let Some((place, entered)) = current else { continue };
        let step = &mut steps[place];
        match event.kind.as_str() {
            "TaskScheduled" | "LambdaFunctionScheduled" => step.attempts += 1,
            "TaskFailed" | "TaskTimedOut" | "LambdaFunctionFailed" | "LambdaFunctionTimedOut" => {
                step.failures += 1;
            }
            "TaskStateExited" => {
                let took = event.timestamp.duration_since(entered).as_secs_f64();
                step.seconds =
                    Some((step.seconds.unwrap_or_default() + took) * 1000.0).map(|it| it.round() / 1000.0);
                current = None;
            }
            _ => {}
        }
    }
    steps
}

/// The newest executions.
pub(super) fn newest(local: &Local, most: usize) -> Result<Value, PageError> {
    let mut found = local.cloud.step_functions().executions()?;
    found.sort_by_key(|execution| std::cmp::Reverse(execution.start_date));
    let executions: Vec<_> = found.into_iter().take(most).map(ExecutionView::from).collect();
    Ok(json!(executions))
}

/// All executions, newest first.
pub(super) async fn list_executions(State(local): State<Local>) -> Page {
    local.pages.show("workflows.html", &json!({ "executions": newest(&local, usize::MAX)? }))
}

/// One execution by name, with its history.
pub(super) async fn get_execution(State(local): State<Local>, Path(name): Path<String>) -> Page {
    let mut found = local.cloud.step_functions().executions()?.into_iter();
    let execution = found.find(|execution| execution.name == name).ok_or(PageError::Unknown)?;
    let history = local.cloud.step_functions().history(&execution.arn)?;
    let steps = steps(&history);
    let events: Vec<EventView> = history.into_iter().map(EventView::from).collect();
    let execution = ExecutionView::from(execution);
    local.pages.show("workflow.html", &json!({ "execution": execution, "steps": steps, "events": events }))
}
