//! The tasks of the import state machine: each invocation works on one stored part of a file. Ids come in, nothing but what comes
//! next or an error name goes out.

mod import_saga;

use serde_json::Value;
use vestibule_api::{
    EventFunction, FunctionError, Settings,
    limiting::limits,
    state::{StartError, open_store},
};
use vestibule_domain::World;
use vestibule_saga::{Failure, Next, Task, perform};
use vestibule_store::{Limits, Store};

pub use import_saga::ImportSaga;

/// What the steps work with.
#[derive(Debug)]
pub struct Imports {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// How many mails an address gets.
    pub limits: Limits,
}

impl EventFunction for Imports {
    type Event = Task;

    /// The state machine ends: another try would read the same.
    const MALFORMED: &'static str = "Permanent";

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        Ok(Self { store: open_store(settings, &world).await?, world, limits: limits(settings)? })
    }

    /// Performs a task. Errors have the names that the state machine knows; the message is a stable code.
    async fn handle(&self, task: Task) -> Result<Value, FunctionError> {
        let done = perform(&ImportSaga::new(self), &self.store, &self.world, &task).await;
        let error = done.as_ref().err().map(Failure::to_string);
        tracing::info!(job = %task.job, step = task.step, action = ?task.action, error, "task");
        done.map(Next::told).map_err(|failure| FunctionError {
            name: failure.name().to_owned(),
            message: failure.to_string(),
        })
    }
}
