//! The audit log as a chain that nobody can change unseen: numbered entries, their hashes, the tree over them (RFC 9162),
//! what is signed of it, and who judges it. Nothing here reads or writes anything; what is stored where is the store's.

mod checker;
mod checkpoint;
mod checkpoint_key;
mod digest;
mod entry;
pub mod export;
mod flaw;
mod note;
mod personal;
mod record;
mod tree;

pub use checker::{Checker, Tally};
pub use checkpoint::SignedCheckpoint;
pub use checkpoint_key::CheckpointKey;
pub use digest::Digest;
pub use entry::{Entry, Unwritable, canonical};
pub use flaw::Flaw;
pub use note::{NoteError, Verifier};
pub use personal::Personal;
pub use record::{Outcome, PersonalDigests, RecordBody};
pub use tree::Frontier;
