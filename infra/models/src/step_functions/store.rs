//! Executions, their events and the requests to stop them, as rows.

use serde::{Deserialize, Serialize};
use vestibule_asl::{Event, Execution, Journal, JournalFailed, Status, Stopped};

use crate::{
    error::CloudError,
    storage::{Rows, Storage},
};

const EXECUTIONS: &str = "states.execution";
const EVENTS: &str = "states.event";
const STOPS: &str = "states.stop";

/// A request to stop, kept until the execution has ended: the process may die in between.
#[derive(Deserialize, Serialize)]
struct StopRow {
    error: Option<String>,
    cause: Option<String>,
}

pub(super) fn find(rows: &Rows<'_>, arn: &str) -> Result<Option<Execution>, CloudError> {
    rows.find(EXECUTIONS, arn)
}

pub(super) fn put(rows: &Rows<'_>, execution: &Execution, events: &[Event]) -> Result<(), CloudError> {
    rows.put(EXECUTIONS, &execution.arn, execution)?;
    for event in events {
        rows.put(EVENTS, &event_key(&execution.arn, event.id), event)?;
    }
    if execution.status != Status::Running {
        rows.remove(STOPS, &execution.arn)?;
    }
    Ok(())
}

/// Forgets an execution and its history.
pub(super) fn remove(rows: &Rows<'_>, arn: &str) -> Result<(), CloudError> {
    for event in events(rows, arn)? {
        rows.remove(EVENTS, &event_key(arn, event.id))?;
    }
    rows.remove(EXECUTIONS, arn).map(drop)
}

/// The executions whose ARN starts with `prefix`.
pub(super) fn executions(rows: &Rows<'_>, prefix: &str) -> Result<Vec<Execution>, CloudError> {
    Ok(rows.list(EXECUTIONS, prefix)?.into_iter().map(|(_, execution)| execution).collect())
}

pub(super) fn running(rows: &Rows<'_>) -> Result<Vec<Execution>, CloudError> {
    let mut executions = executions(rows, "")?;
    executions.retain(|execution| execution.status == Status::Running);
    Ok(executions)
}

pub(super) fn events(rows: &Rows<'_>, arn: &str) -> Result<Vec<Event>, CloudError> {
    Ok(rows.list(EVENTS, &format!("{arn}/"))?.into_iter().map(|(_, event)| event).collect())
}

pub(super) fn request_stop(rows: &Rows<'_>, arn: &str, stopped: &Stopped) -> Result<(), CloudError> {
    let Stopped { error, cause } = stopped.clone();
    rows.put(STOPS, arn, &StopRow { error, cause })
}

pub(super) fn requested_stop(rows: &Rows<'_>, arn: &str) -> Result<Option<Stopped>, CloudError> {
    let row: Option<StopRow> = rows.find(STOPS, arn)?;
    Ok(row.map(|StopRow { error, cause }| Stopped { error, cause }))
}

fn event_key(arn: &str, id: u64) -> String {
    format!("{arn}/{id:08}")
}

/// Stores each transition in one transaction.
pub(super) struct StoredJournal(pub(super) Storage);

impl Journal for StoredJournal {
    fn save(&self, execution: &Execution, new_events: &[Event]) -> Result<(), JournalFailed> {
        let saved = self.0.transact(|rows| put(rows, execution, new_events));
        saved.map_err(|error: CloudError| JournalFailed(Box::new(error)))
    }
}
