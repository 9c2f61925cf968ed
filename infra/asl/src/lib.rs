//! Runs Amazon States Language machines: the `JSONPath` dialect with plain reference paths, from the files that deploy.
//! A definition with anything unknown in it is refused when it is loaded, so that a machine never means less here than
//! on AWS. Functions, clock and storage are traits; the crate knows no job, no mailbox and no wire format.

mod abort;
mod data;
mod definition;
mod event;
mod execution;
mod failure;
mod journal;
mod lambda;
mod pace;
mod run;

pub use abort::{Abort, Stopped};
pub use definition::{Definition, Refused, substitute};
pub use event::Event;
pub use execution::{Current, Execution, Start, Status};
pub use failure::TaskFailure;
pub use futures::future::BoxFuture;
pub use journal::{Journal, JournalFailed};
pub use lambda::Lambda;
pub use pace::{Pace, RealPace};
pub use run::Runner;
