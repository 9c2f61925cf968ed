//! The tasks of the mailbox and credentials state machines: each invocation does or undoes one
//! step of one job. Ids come in, nothing but success or an error name goes out.

pub mod credentials_saga;
pub mod mailbox_saga;
mod mailing;
mod tools;

use serde_json::{Value, json};
use vestibule_api::FunctionError;
use vestibule_domain::World;
use vestibule_saga::{Failure, Saga as _, Task, perform};
use vestibule_store::{Cost, metered};

pub use credentials_saga::CredentialsSaga;
pub use mailbox_saga::MailboxSaga;
pub use tools::Tools;

/// Performs the task in `event`. Errors are named `Retry`, `Permanent` or `AddressTaken`, as the
/// state machines have them; the message is a stable code.
pub async fn handle(tools: &Tools, event: Value) -> Result<Value, FunctionError> {
    let task: Task = serde_json::from_value(event).map_err(|error| FunctionError {
        name: "Permanent".into(),
        message: format!("task_malformed: {error}"),
    })?;
    // Boxed: the nested futures of a step are deeper than the compiler likes to lay out.
    let (done, cost) = metered(Box::pin(run(tools, &task))).await;
    let Cost { round_trips, read_units, write_units } = cost;
    let error = done.as_ref().err().map(Failure::to_string);
    tracing::info!(job = %task.job, step = task.step, action = ?task.action, error, round_trips, read_units, write_units, "task");
    done.map(|()| json!({ "ok": true }))
        .map_err(|failure| FunctionError { name: failure.name().to_owned(), message: failure.to_string() })
}

async fn run(tools: &Tools, task: &Task) -> Result<(), Failure> {
    let world: &World = &tools.world;
    let mailbox = MailboxSaga::new(tools);
    if task.saga == mailbox.table().saga {
        return perform(&mailbox, &tools.store, world, task).await;
    }
    let credentials = CredentialsSaga::new(tools);
    if task.saga == credentials.table().saga {
        return perform(&credentials, &tools.store, world, task).await;
    }
    Err(Failure::permanent("saga_unknown"))
}
