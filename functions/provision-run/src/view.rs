//! A job as staff see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{DamagedView, newest_first};
use vestibule_domain::{Job, JobError, JobStatus, StepRecord, StepStatus};
use vestibule_store::Page;

/// One step of the timeline.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// The step's name.
    pub name: String,
    /// `pending`, `running`, `waiting`, `done`, `failed`, `undoing`, `undone` or `undo_failed`.
    pub status: &'static str,
    /// How often it was tried in this run.
    pub attempts: u32,
    /// When it was first begun (RFC 3339).
    pub started: Option<String>,
    /// When its last outcome was recorded (RFC 3339).
    pub ended: Option<String>,
    /// Stable code of the last failure.
    pub error: Option<String>,
    /// What it left outside and where, if it did not finish; of a finished step only while the job needs
    /// attention.
    pub left: Option<String>,
}

/// Why a job failed last.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorView {
    /// Stable code.
    pub code: String,
    /// The step.
    pub step: String,
    /// When (RFC 3339).
    pub at: String,
}

/// One job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    /// The job's id.
    pub id: String,
    /// `mailbox`, `credentials`, `offboarding`, `import` or `account`.
    pub kind: String,
    /// The hire it is for, if it is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hire: Option<String>,
    /// `pending`, `running`, `succeeded`, `failed`, `compensating`, `needs_attention` or `cancelled`.
    pub status: &'static str,
    /// The timeline.
    pub steps: Vec<StepView>,
    /// How often a failed run was begun anew.
    pub retries: u32,
    /// Why it failed last; `null` once it has succeeded.
    pub last_error: Option<ErrorView>,
    /// Whether somebody asked to stop it.
    pub cancel_requested: bool,
    /// When it was created (RFC 3339).
    pub created: String,
    /// When it last changed (RFC 3339).
    pub updated: String,
    /// Where to see how it goes.
    pub status_url: String,
}

/// What to do about a job whose record cannot be read.
pub const DAMAGED: &str = "The record of this job cannot be read. Cancel it: what can be read of it is kept, and it can be retried then.";

/// A job, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are jobs")]
pub enum JobItem {
    /// A job.
    Job(JobView),
    /// A job whose record cannot be read.
    Damaged(DamagedView),
}

impl JobItem {
    fn id(&self) -> String {
        match self {
            Self::Job(job) => job.id.clone(),
            Self::Damaged(damaged) => damaged.id.clone(),
        }
    }

    /// The entries of a page, newest first.
    pub fn page(page: Page<Job>) -> Vec<Self> {
        let whole = page.items.iter().map(|job| Self::Job(JobView::from(job))).collect();
        let broken = |id| Self::Damaged(DamagedView::new(id, DAMAGED));
        newest_first(whole, page.damaged, Self::id, broken)
    }
}

impl From<&JobError> for ErrorView {
    fn from(error: &JobError) -> Self {
        Self { code: error.code.clone(), step: error.step.clone(), at: error.at.to_string() }
    }
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind.as_str().to_owned(),
            hire: job.subject.hire().map(|hire| hire.to_string()),
            status: job.status.name(),
            steps: steps(job),
            retries: job.retries,
            // Rows of older versions still have one.
            last_error: job
                .last_error
                .as_ref()
                .filter(|_| job.status != JobStatus::Succeeded)
                .map(ErrorView::from),
            cancel_requested: job.cancel_requested,
            created: job.created.to_string(),
            updated: job.updated.to_string(),
            status_url: format!("/api/provision/jobs/{}", job.id),
        }
    }
}

/// The timeline of a job, its steps in order.
pub fn steps(job: &Job) -> Vec<StepView> {
    let definition = vestibule_sagas::find(&job.kind);
    let place = |name: &str| definition.map_or(0, |definition| definition.place(name));
    let mut steps: Vec<_> = job.steps.iter().map(|(name, record)| step(job.status, name, record)).collect();
    steps.sort_by_key(|step| place(&step.name));
    steps
}

fn step(job: JobStatus, name: &str, record: &StepRecord) -> StepView {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let uncertain = record.intent.as_ref().filter(|_| record.status != StepStatus::Done);
    let left =
        record.effect.clone().or_else(|| uncertain.map(|intent| format!("unknown outcome of: {intent}")));
    // What a finished step made is what was wanted, unless the job came to a halt behind it.
    let wanted = record.status == StepStatus::Done && job != JobStatus::NeedsAttention;
    StepView {
        name: name.to_owned(),
        status: status(record.status),
        attempts: record.attempts,
        started: time(record.started),
        ended: time(record.ended),
        error: record.error.clone(),
        left: left.filter(|_| !wanted),
    }
}

fn status(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Pending => "pending",
        StepStatus::Running => "running",
        StepStatus::Waiting => "waiting",
        StepStatus::Done => "done",
        StepStatus::Failed => "failed",
        StepStatus::Undoing => "undoing",
        StepStatus::Undone => "undone",
        StepStatus::UndoFailed => "undo_failed",
    }
}
