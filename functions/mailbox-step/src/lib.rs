//! The tasks of the mailbox and credentials state machines: each invocation does or undoes one
//! step of one job. Ids come in, nothing but what comes next or an error name goes out.

pub mod credentials_saga;
pub mod mailbox_saga;
mod mailing;
mod provider;
mod subject;
mod tools;

use serde_json::{Value, json};
use vestibule_api::FunctionError;
use vestibule_domain::World;
use vestibule_saga::{Failure, Next, Task, perform};
use vestibule_sagas::{CredentialsStep, MailboxStep};
use vestibule_store::{Cost, metered};

pub use credentials_saga::CredentialsSaga;
pub use mailbox_saga::MailboxSaga;
pub use tools::Tools;

/// Performs the task in `event`. Errors are named `Retry`, `Permanent` or `Rejected`, as the
/// state machines have them; the message is a stable code.
pub async fn handle(tools: &Tools, event: Value) -> Result<Value, FunctionError> {
    let task: Task = serde_json::from_value(event).map_err(|error| FunctionError {
        name: "Permanent".into(),
        message: format!("task_malformed: {error}"),
    })?;
    // Boxed: the nested futures of a step are deeper than the compiler likes to lay out.
    let (done, cost) = metered(Box::pin(run(tools, &task))).await;
    let Cost { round_trips, read_units, write_units, .. } = cost;
    let error = done.as_ref().err().map(Failure::to_string);
    tracing::info!(job = %task.job, step = task.step, action = ?task.action, error, round_trips, read_units, write_units, "task");
    done.map(answer)
        .map_err(|failure| FunctionError { name: failure.name().to_owned(), message: failure.to_string() })
}

/// What the state machine reads of a performed task.
fn answer(next: Next) -> Value {
    let (word, until) = match next {
        Next::Step => ("step", None),
        Next::Again => ("again", None),
        Next::At(at) => ("wait", Some(at)),
        Next::Parked => ("park", None),
    };
    json!({ "next": word, "until": until })
}

async fn run(tools: &Tools, task: &Task) -> Result<Next, Failure> {
    let (store, world): (_, &World) = (&tools.store, &tools.world);
    match task.saga.as_str() {
        saga if saga == MailboxStep::DEFINITION.saga => {
            perform(&MailboxSaga::new(tools), store, world, task).await
        }
        saga if saga == CredentialsStep::DEFINITION.saga => {
            perform(&CredentialsSaga::new(tools), store, world, task).await
        }
        _ => Err(Failure::permanent("saga_unknown")),
    }
}
