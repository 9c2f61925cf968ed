//! The seam to durable storage of executions.

use crate::{Event, Execution};

/// Keeps executions over the end of the process.
pub trait Journal: Send + Sync {
    /// Stores the snapshot and appends `new_events` to its history, durably and together, before it returns.
    /// Called before every task, wait and backoff, and once at the end.
    fn save(&self, execution: &Execution, new_events: &[Event]) -> Result<(), JournalFailed>;
}

/// An execution could not be stored. It does not go on, and can be resumed from what was stored before.
#[derive(Debug, thiserror::Error)]
#[error("the execution could not be stored")]
pub struct JournalFailed(#[source] pub Box<dyn std::error::Error + Send + Sync>);
