//! Starting the workflow of a job: recorded first, started after, and safe to repeat because the
//! execution's name comes from the record.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use vestibule_adapters::workflows::{WorkflowError, Workflows};
use vestibule_domain::{Job, JobError, JobStatus, Mode, StepStatus, TenantId, World};
use vestibule_store::{Answer, JobEvent, JobWrites, StoreError, TenantStore};

use crate::{Definition, Machines, perform::CANCELLED};

/// The sweep looks at a running job after this time, and again after each further one.
pub(crate) const WATCH: SignedDuration = SignedDuration::from_secs(60);
/// A failed job is tried anew by the sweep at most so often.
const MAX_RETRIES: u32 = 3;

/// A workflow that could not be started. The job's record stands; the sweep starts it later.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The record could not be written; nothing happened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record stands, the start does not.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
}

/// Marks a pending job as running, with `answer` kept for repeats. The workflow is not started
/// yet: call [`launch`] next.
pub async fn start_pending(
    store: TenantStore<'_>,
    job: &mut Job,
    answer: Option<Answer>,
    world: &World,
) -> Result<(), StoreError> {
    let from = job.status;
    run_anew(job, Mode::Do, world.now());
    store
        .save_job(
            job,
            JobEvent { from: Some(from), action: "job.start", answer, ..JobEvent::default() },
            world,
        )
        .await
}

/// Marks a job that ended without success as running again. What is left over is cleaned up
/// first; behind a point of no return there is only forward.
pub async fn begin_anew(
    store: TenantStore<'_>,
    anew: (&Definition, &mut Job),
    answer: Option<Answer>,
    world: &World,
) -> Result<(), StoreError> {
    begin_anew_with(store, anew, (answer, JobWrites::none()), world).await
}

/// The same, with what else is written in the same transaction.
pub async fn begin_anew_with(
    store: TenantStore<'_>,
    (definition, job): (&Definition, &mut Job),
    (answer, writes): (Option<Answer>, JobWrites),
    world: &World,
) -> Result<(), StoreError> {
    let from = job.status;
    let mode = if from == JobStatus::NeedsAttention { direction(definition, job) } else { Mode::Do };
    if from != JobStatus::NeedsAttention {
        job.steps.clear();
    }
    job.retries += 1;
    job.cancel_requested = false;
    run_anew(job, mode, world.now());
    store.save_job(job, JobEvent { from: Some(from), action: "job.retry", answer, writes }, world).await
}

/// Which way a job that a person looked at goes on: forward behind a point of no return or when nothing is left
/// behind, else back.
fn direction(definition: &Definition, job: &mut Job) -> Mode {
    let beyond: Vec<_> = definition.beyond_return(job).collect();
    if !beyond.is_empty() {
        for name in beyond {
            let step = job.step_mut(name);
            if step.status == StepStatus::UndoFailed {
                step.status = StepStatus::Failed;
            }
        }
        return Mode::Do;
    }
    let left = |status| !matches!(status, StepStatus::Undone | StepStatus::Pending);
    if job.steps.values().any(|step| left(step.status)) {
        return Mode::Undo;
    }
    job.steps.clear();
    Mode::Do
}

/// Asks a running job to stop. `true` when it waits: then nothing would notice the wish before the wait is over, and
/// the caller has to [`launch`] the run that goes back.
pub fn ask_to_stop(job: &mut Job, now: Timestamp) -> bool {
    job.cancel_requested = true;
    let waiting = job.steps.iter().find(|(_, step)| step.status == StepStatus::Waiting);
    let Some(step) = waiting.map(|(name, _)| name.clone()) else { return false };
    job.last_error = Some(JobError { code: CANCELLED.to_owned(), step, at: now, retryable: false });
    run_anew(job, Mode::Undo, now);
    true
}

/// Makes the job's record say that a run in this direction goes on; written by the caller, before
/// [`launch`].
pub fn run_anew(job: &mut Job, mode: Mode, now: Timestamp) {
    job.status = if mode == Mode::Do { JobStatus::Running } else { JobStatus::Compensating };
    job.mode = mode;
    job.attempt += 1;
    job.lease_until = None;
    job.due = now.checked_add(WATCH).ok();
}

/// Starts the workflow of a running job. Repeating it starts nothing twice.
pub async fn launch(
    workflows: &Workflows,
    machines: &Machines,
    tenant: TenantId,
    job: &Job,
) -> Result<(), WorkflowError> {
    let input = json!({ "tenant": tenant, "job": job.id, "attempt": job.attempt, "mode": job.mode });
    workflows.start(&machines.arn(&job.kind), &job.execution_name(), &input.to_string()).await?;
    Ok(())
}

/// When the sweep tries a job again that just ended; `None` when it does not.
pub(crate) fn next_try(job: &Job, now: Timestamp) -> Option<Timestamp> {
    let worth = job.last_error.as_ref().is_some_and(|error| error.retryable);
    if job.status != JobStatus::Failed || !worth || job.retries >= MAX_RETRIES {
        return None;
    }
    now.checked_add(SignedDuration::from_mins(5 << job.retries)).ok()
}
