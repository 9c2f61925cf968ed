//! The local stack from outside: what it keeps, whom it answers, how it starts.

#![expect(clippy::unwrap_used, reason = "a failed test may panic")]

mod mailboxes;
mod resetting;
mod stack;
mod starting;
mod strangers;
