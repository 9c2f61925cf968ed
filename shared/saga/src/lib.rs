//! Work that touches outside systems, step by step, with an undo for every step.
//!
//! A saga is a definition of steps with an action and an undo each. The job's record is the effect
//! ledger: what a step is about to do is written before, what it did is written after, and a
//! worker that lost its lease can write no more. On AWS a state machine walks the steps; in tests
//! [`run_in_process`] walks the same definition.
//!
//! A step can be done, or answer that it is to be called again: with a cursor for the next batch, at a
//! time, or when another job has ended ([`StepOutcome`]). Nothing here knows for whom a job works.

mod definition;
mod failure;
mod launch;
mod ledger;
mod machines;
mod outcome;
mod perform;
mod repeat;
mod runner;
mod saga;
mod undo;

pub use definition::{Definition, OnRejected, Step, StepName};
pub use failure::Failure;
pub use launch::{LaunchError, ask_to_stop, begin_anew, begin_anew_with, launch, run_anew, start_pending};
pub use ledger::{LEASE, Ledger};
pub use machines::Machines;
pub use outcome::{Done, Next, StepOutcome};
pub use perform::{Action, Task, perform};
pub use runner::{Ended, Watch, run_in_process};
pub use saga::Saga;
