//! The test kit for any saga: every outside call, every step and every undo is made to fail, repeated and killed.
//!
//! A saga's tests implement [`Place`]: where its jobs run, and the oracle that reads table and outside systems after a
//! run and names everything that is wrong. The kit knows no saga; a new step is covered without a change here. Each
//! check panics with what was found, and gives the [`Tally`] of what it tried.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed step of a test ends the test")]

mod deaths;
mod failures;
mod faults;
mod place;
mod repeats;
mod stack;
mod tally;
mod troubles;
mod twist;
mod undo_faults;
mod walk;

pub use deaths::{
    Course, Point, When, dies_in_any_step_or_undo, dies_twice, dies_while_waiting, go_on, points,
    run_with_deaths,
};
pub use failures::fails_for_good;
pub use faults::fails_at_any_call;
pub use place::Place;
pub use repeats::{done_twice_before_the_record, repeated_after_the_end, twice_in_a_row};
pub use stack::Stack;
pub use tally::Tally;
pub use troubles::{Trouble, numbered, title, troubles};
pub use twist::{Moment, Turn, Twisted};
pub use undo_faults::fails_in_an_undo;
pub use walk::{
    agrees, calls_of, is_clean, job, perform_step, perform_task, perform_through, recover, run, run_seen,
};
