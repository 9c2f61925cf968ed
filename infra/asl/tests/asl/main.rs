//! The crate from outside: real machines, data flow, errors, interruptions and refusals, with scripted functions and a
//! clock that only moves when somebody waits.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod catching;
mod flowing;
mod interrupting;
mod machines;
mod refusing;
mod resuming;
mod support;
