//! A job as rows have it: those of today, and those from when every job was for a hire.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{HireId, Job, JobError, JobId, JobKind, JobStatus, Mode, StepRecord, Subject};

#[derive(Deserialize)]
pub(crate) struct StoredJob {
    id: JobId,
    kind: JobKind,
    #[serde(flatten)]
    subject: StoredSubject,
    status: JobStatus,
    mode: Mode,
    attempt: u32,
    retries: u32,
    steps: BTreeMap<String, StepRecord>,
    last_error: Option<JobError>,
    #[serde(default)]
    results: u32,
    lease_until: Option<Timestamp>,
    cancel_requested: bool,
    due: Option<Timestamp>,
    created: Timestamp,
    updated: Timestamp,
    version: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StoredSubject {
    Now { subject: Subject, state: Value },
    Hire { hire: HireId, local_part: Option<String>, foreign: Vec<String> },
}

impl Job {
    /// The state of a mailbox job that rows of before have in fields of their own.
    pub fn state_of_before(local_part: Option<&str>, foreign: &[String]) -> Value {
        if local_part.is_none() && foreign.is_empty() {
            return Value::Null;
        }
        json!({ "local_part": local_part, "foreign": foreign })
    }
}

impl From<StoredJob> for Job {
    fn from(job: StoredJob) -> Self {
        let (subject, state) = match job.subject {
            StoredSubject::Now { subject, state } => (subject, state),
            StoredSubject::Hire { hire, local_part, foreign } => {
                (Subject::Hire(hire), Self::state_of_before(local_part.as_deref(), &foreign))
            }
        };
        Self {
            id: job.id,
            kind: job.kind,
            subject,
            status: job.status,
            mode: job.mode,
            attempt: job.attempt,
            retries: job.retries,
            steps: job.steps,
            last_error: job.last_error,
            state,
            results: job.results,
            lease_until: job.lease_until,
            cancel_requested: job.cancel_requested,
            due: job.due,
            created: job.created,
            updated: job.updated,
            version: job.version,
        }
    }
}
