//! Every described operation has its row: who may do it, what it writes into the audit log, what it costs, and that
//! a repeated request does its work once. An operation without a row fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod expected;
mod found;
mod matrix;
mod platform;
mod repeats;
mod samples;
