//! Work that touches outside systems, step by step, with an undo for every step.
//!
//! A saga is a table of steps with an action and an undo each. The job's record is the effect
//! ledger: what a step is about to do is written before, what it did is written after, and a
//! worker that lost its lease can write no more. On AWS a state machine walks the steps; in tests
//! [`run_in_process`] walks the same table.

mod effort;
mod failure;
mod launch;
mod ledger;
mod perform;
mod runner;
mod table;

pub use effort::{Done, Saga};
pub use failure::Failure;
pub use launch::{LaunchError, Machines, again, launch, run_anew, start_pending};
pub use ledger::Ledger;
pub use perform::{Action, Task, perform};
pub use runner::{Ended, run_in_process};
pub use table::{OnTaken, Step, Table};
