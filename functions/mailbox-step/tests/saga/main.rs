//! The fault harness of the mailbox, credentials and offboarding sagas: every outside effect, every step and
//! every undo is made to fail, repeated and killed; after each run an oracle reads the table, the
//! directory and the mails. What holds for any saga is in the test kit; a new step is covered without a change here.
#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

mod any_saga;
mod credentials;
mod directory;
mod firm;
mod leaving;
mod links;
mod offboarding;
mod oracle;
mod order;
mod planted;
mod races;
mod rivals;
mod rows;
mod stack;
mod strangers;
mod walks;
