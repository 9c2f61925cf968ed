//! How a step ends that did not fail, and what is written with it.

use jiff::Timestamp;
use serde_json::{Value, json};
use vestibule_domain::{JobId, JobStatus};
use vestibule_store::JobWrites;

/// What a finished step leaves to be written, together with its outcome.
#[derive(Debug, Default)]
pub struct Done {
    /// The outside id of what was done.
    pub effect: Option<String>,
    /// A new status of the job.
    pub status: Option<JobStatus>,
    /// What else is written in the same transaction.
    pub writes: JobWrites,
}

impl Done {
    /// Nothing to record but that it is done.
    pub fn plain() -> Self {
        Self::default()
    }

    /// Done, with the outside id of the effect.
    pub fn with(effect: impl Into<String>) -> Self {
        Self { effect: Some(effect.into()), ..Self::default() }
    }

    /// Done, and with it the job.
    pub fn closing(status: JobStatus) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// The same with these writes.
    #[must_use]
    pub fn writing(self, writes: JobWrites) -> Self {
        Self { writes, ..self }
    }
}

/// What came of calling a step. Only a step that is declared as repeating may answer with other than `Done`.
#[derive(Debug)]
pub enum StepOutcome {
    /// The step is done.
    Done(Done),
    /// A batch is done, and there is more: the step is called again with this cursor.
    More {
        /// How far it came; the next call finds it in the step's record.
        cursor: String,
        /// What the batch wrote, at most [`vestibule_store::MOST_RESULTS_AT_ONCE`] results.
        writes: JobWrites,
    },
    /// The step is called again at this time.
    WaitUntil(Timestamp),
    /// The step is called again when this job of the same tenant has ended.
    WaitForJob(JobId),
}

impl From<Done> for StepOutcome {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

impl Next {
    /// The same as the state machine reads it of a performed task.
    pub fn told(self) -> Value {
        let (word, until) = match self {
            Self::Step => ("step", None),
            Self::Again => ("again", None),
            Self::At(at) => ("wait", Some(at)),
            Self::Parked => ("park", None),
        };
        json!({ "next": word, "until": until })
    }
}

/// What the workflow does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The next step.
    Step,
    /// The same step again, at once.
    Again,
    /// The same step again at this time.
    At(Timestamp),
    /// Nothing: this run has grown long enough, the sweep begins another that goes on from the job's record.
    Parked,
}
