//! Walks an execution through its states, storing it before everything that takes time.

mod data_flow;
mod ending;
mod plain;
mod task;
mod task_history;
mod walk;

use crate::{Abort, Definition, Execution, Journal, JournalFailed, Lambda, Pace, Status};

/// Runs executions of one state machine.
#[derive(Clone, Copy)]
pub struct Runner<'a> {
    /// The machine.
    pub definition: &'a Definition,
    /// Invokes the functions of Task states.
    pub lambda: &'a dyn Lambda,
    /// Clock and waits.
    pub pace: &'a dyn Pace,
    /// Stores the execution.
    pub journal: &'a dyn Journal,
    /// Stops it from outside.
    pub abort: &'a Abort,
}

impl Runner<'_> {
    /// Runs a new execution, or one that was stored while it ran, to its end.
    ///
    /// A resumed Task state is invoked again: functions run at least once. Retry counts, backoffs, waits and timeouts go
    /// on from where they were. Dropping the future is the same as the end of the process.
    ///
    /// # Errors
    /// When the journal fails; the execution can be resumed from what it stored last.
    pub async fn run(&self, execution: Execution) -> Result<Execution, JournalFailed> {
        if execution.status != Status::Running {
            return Ok(execution);
        }
        walk::Walk::new(*self, execution).finish().await
    }
}
