//! The fault harness of the mailbox and credentials sagas: every outside effect, every step and
//! every undo is made to fail, repeated and killed; after each run an oracle reads the table, the
//! directory and the mails. A new step in a saga's table is covered without a change here.
#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

mod crashes;
mod credentials;
mod deaths;
mod failures;
mod faults;
mod firm;
mod kinds;
mod oracle;
mod planted;
mod races;
mod repeats;
mod rivals;
mod rows;
mod stack;
mod strangers;
mod twist;
mod undo_faults;
mod walks;
