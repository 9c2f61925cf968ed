//! What a check tried, for its printed line.

use std::fmt;

use vestibule_domain::JobStatus;

/// Counts of cases and of how their jobs ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases tried.
    pub cases: usize,
    /// Workers that died in them.
    pub died: usize,
    /// Cases in which an effect that cannot be told from its repetition came twice.
    pub twice: usize,
    /// Jobs that succeeded.
    pub succeeded: usize,
    /// Jobs that failed and were undone.
    pub failed: usize,
    /// Jobs that a person has to look at.
    pub handed_over: usize,
}

impl Tally {
    /// Counts one case.
    pub(crate) fn add(&mut self, status: JobStatus, twice: bool) {
        self.cases += 1;
        self.twice += usize::from(twice);
        match status {
            JobStatus::Succeeded => self.succeeded += 1,
            JobStatus::NeedsAttention => self.handed_over += 1,
            _ => self.failed += 1,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cases, {} deaths; succeeded {}, failed {}, needs attention {}; an effect came twice in {}",
            self.cases, self.died, self.succeeded, self.failed, self.handed_over, self.twice
        )
    }
}
