//! How a step fails, in terms of what to do next.

use vestibule_adapters::mail::MailError;
use vestibule_store::StoreError;

/// Why a step did not succeed. Codes are stable and free of personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The same step may succeed later.
    #[error("{0}")]
    Retry(String),
    /// Another worker holds the job. It is asked again for longer than a dead worker's lease lasts.
    #[error("job_leased")]
    Leased,
    /// The step will not succeed; what was done must be undone.
    #[error("{0}")]
    Permanent(String),
    /// The candidate belongs to somebody else: try the next one.
    #[error("{0}")]
    Rejected(String),
}

impl Failure {
    /// A failure that may pass.
    pub fn retry(code: impl Into<String>) -> Self {
        Self::Retry(code.into())
    }

    /// A failure that will not pass.
    pub fn permanent(code: impl Into<String>) -> Self {
        Self::Permanent(code.into())
    }

    /// A candidate that is somebody else's.
    pub fn rejected(code: impl Into<String>) -> Self {
        Self::Rejected(code.into())
    }

    /// Whether the same task may succeed later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Retry(_) | Self::Leased)
    }

    /// The error name that `Retry` and `Catch` of the state machine use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Retry(_) => "Retry",
            Self::Leased => "Leased",
            Self::Permanent(_) => "Permanent",
            Self::Rejected(_) => "Rejected",
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(conflict) => {
                tracing::info!(%conflict, "another worker was faster");
                Self::retry("job_changed")
            }
            StoreError::Row { .. } => {
                tracing::error!(%error, "a row does not decode");
                Self::permanent("row_broken")
            }
            StoreError::Busy(_) | StoreError::Table(_) => {
                tracing::warn!(%error, "the table failed");
                Self::retry("table_failed")
            }
        }
    }
}

impl From<MailError> for Failure {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Retry { code, .. } | MailError::Unknown { code } => Self::retry(code),
            MailError::Permanent { code } => Self::permanent(code),
        }
    }
}
