//! The fault harness of the account saga: the mail is made to fail, each step and undo is made to fail, repeated and killed, with
//! a new and a known person, in a new and a known tenant. After each run an oracle reads the table and the mails.
#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

mod any_saga;
mod oracle;
mod orders;
mod undos;
