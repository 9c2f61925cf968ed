//! What a job remembers of one step: the effect ledger's entry.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::JobId;

/// Where one step of a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Not begun.
    #[default]
    Pending,
    /// Begun; the outcome is not recorded yet.
    Running,
    /// It goes on at a time or when another job has ended.
    Waiting,
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

/// What a step waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// This time.
    Until(Timestamp),
    /// The end of another job of the same tenant.
    Job(JobId),
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
    /// How far a step that works in batches has come; only the saga knows its shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// What it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// How often it answered that it is to be called again, in this run of the job.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rounds: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
