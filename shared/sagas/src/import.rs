//! The import saga: the rows of a file become invitations, a stored part of the file at a time.
//!
//! There is no way back: who was invited stays invited, and the report tells each row. A cancelled import stops behind the part at
//! hand.

use serde::{Deserialize, Serialize};
use vestibule_saga::{Step, saga};

saga! {
    /// The steps.
    pub enum ImportStep in "import" {
        /// Invites the people of one part of the file after the other.
        InviteRows = "invite_rows": Step::inside().repeating();
        /// Closes the job.
        Finish = "finish": Step::inside().last();
    }
}

/// What an import keeps between its steps; for whom it works is its subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportState {
    /// Rows of the file.
    pub rows: u32,
    /// Parts that the rows are stored in.
    pub parts: u32,
    /// Parts that are done.
    pub done: u32,
    /// People invited so far.
    pub invited: u32,
    /// Rows so far that could not be used.
    pub refused: u32,
}
