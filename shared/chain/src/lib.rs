//! The audit log as a chain that nobody can change unseen: numbered entries, their hashes, the tree over them (RFC 9162).
//! Nothing here reads or writes anything; what is stored where is the store's.

mod digest;
mod entry;
mod record;
mod tree;

pub use digest::Digest;
pub use entry::{Entry, Unwritable, canonical};
pub use record::{Outcome, PersonalDigests, RecordBody};
pub use tree::Frontier;
