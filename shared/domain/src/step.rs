//! What a job remembers of one step: the effect ledger's entry.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where one step of a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Not begun.
    #[default]
    Pending,
    /// Begun; the outcome is not recorded yet.
    Running,
    /// Its effect stands and is recorded.
    Done,
    /// The last try failed.
    Failed,
    /// Being taken back.
    Undoing,
    /// Taken back, or known never to have happened.
    Undone,
    /// Could not be taken back: a person must look.
    UndoFailed,
}

/// One step of one job.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StepRecord {
    /// Where the step stands.
    pub status: StepStatus,
    /// How often it was begun in this run of the job.
    pub attempts: u32,
    /// When it was first begun.
    pub started: Option<Timestamp>,
    /// When its last outcome was recorded.
    pub ended: Option<Timestamp>,
    /// Stable code of the last failure.
    pub error: Option<String>,
    /// What the step is about to do outside, written before it does.
    pub intent: Option<String>,
    /// The outside id of what it did, written after.
    pub effect: Option<String>,
}
