//! Performing one task of a workflow: the lease, the records before and after, the repeat.

use serde::{Deserialize, Serialize};
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{Job, JobError, JobId, JobStatus, StepStatus, TenantId, World};
use vestibule_store::{JobEvent, Store, StoreError};

use crate::{
    Done, Failure, Ledger, Next, Saga, Step, StepName as _, StepOutcome,
    repeat::{note_again, still_waiting},
    undo::{discard, go_back},
};

/// The pseudo step that hands a job to a person.
pub(crate) const NEEDS_ATTENTION: &str = "needs_attention";
/// The code of a job that was stopped on request.
pub(crate) const CANCELLED: &str = "cancelled";

/// Which way a step is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Do it.
    Do,
    /// Take it back because the job failed.
    Undo,
    /// Take it back to do it again in another way; the job goes on.
    Discard,
}

/// One task as the state machine sends it: ids only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The saga's name.
    pub saga: String,
    /// The step's name.
    pub step: String,
    /// Which way.
    pub action: Action,
    /// Whose job.
    pub tenant: TenantId,
    /// Which job.
    pub job: JobId,
    /// Which run of the job; a task of an older run is refused.
    pub attempt: u32,
}

/// Performs a task and says what comes next. A task that was performed before changes nothing and succeeds again.
///
/// # Errors
/// The step failed, or the task belongs to another run.
pub async fn perform<S: Saga>(saga: &S, store: &Store, world: &World, task: &Task) -> Result<Next, Failure> {
    let scope = TenantScope::for_system(task.tenant, SystemTask::Workflow);
    let job =
        store.tenant(&scope).find::<Job>(task.job).await?.ok_or_else(|| Failure::permanent("job_missing"))?;
    if job.attempt != task.attempt {
        return Err(Failure::permanent("run_over"));
    }
    if job.lease_until.is_some_and(|until| world.now() < until) {
        return Err(Failure::Leased);
    }
    if task.step == NEEDS_ATTENTION {
        return hand_over(Ledger::new((store, &scope, world), job, NEEDS_ATTENTION)).await;
    }
    let known = saga.definition().find(&task.step).zip(S::Step::parse(&task.step));
    let (step, name) = known.ok_or_else(|| Failure::permanent("step_unknown"))?;
    let ledger = Ledger::new((store, &scope, world), job, step.name);
    match task.action {
        Action::Do => go_forward(saga, (step, name), ledger).await,
        Action::Undo => go_back(saga, (step, name), ledger).await,
        Action::Discard => discard(saga, (step, name), ledger).await,
    }
}

async fn go_forward<S: Saga>(
    saga: &S,
    (step, name): (&Step, S::Step),
    mut ledger: Ledger<'_>,
) -> Result<Next, Failure> {
    if ledger.record().status == StepStatus::Done {
        return Ok(Next::Step);
    }
    if ledger.job.status != JobStatus::Running {
        return Err(Failure::permanent("run_over"));
    }
    if ledger.job.cancel_requested && step.undo {
        return fail(ledger, Failure::permanent(CANCELLED), Done::plain()).await;
    }
    if let Some(next) = still_waiting(&ledger).await? {
        return Ok(next);
    }
    begin(step, &mut ledger).await?;
    let begun = ledger.record().clone();
    loop {
        match saga.act(name, &mut ledger).await {
            Ok(StepOutcome::Done(done)) if !ledger.has_room_for(done.writes.results()) => {
                return fail(ledger, too_many_results(), Done::plain()).await;
            }
            Ok(StepOutcome::Done(done)) => match finish(step, &mut ledger, done).await {
                // Another job was faster with this candidate: look again for the next one.
                Err(StoreError::Conflict(conflict)) if conflict.is_lost_candidate() => {
                    // Nothing of it was written, so nothing of it is there to be undone.
                    let record = ledger.job.step_mut(step.name);
                    (record.status, record.ended) = (begun.status, begun.ended);
                    record.effect.clone_from(&begun.effect);
                    ledger.lose_candidate().await;
                }
                written => return Ok(written.map(|()| Next::Step)?),
            },
            Ok(again) => return note_again(step, ledger, again).await,
            Err(failure @ Failure::Rejected(_)) => {
                let done = saga.rejected(name, &mut ledger);
                return fail(ledger, failure, done).await;
            }
            Err(failure) => return fail(ledger, failure, Done::plain()).await,
        }
    }
}

pub(crate) fn too_many_results() -> Failure {
    Failure::permanent("too_many_results")
}

async fn finish(step: &Step, ledger: &mut Ledger<'_>, done: Done) -> Result<(), StoreError> {
    let ended = ledger.world.now();
    let record = ledger.job.step_mut(step.name);
    (record.status, record.ended, record.error) = (StepStatus::Done, Some(ended), None);
    record.effect.clone_from(&done.effect);
    record.wait = None;
    ledger.close(done, "job.finish").await
}

/// Writes down that a step begins, under a lease; a step without outside effects needs no such
/// record, because its one write at the end is its whole effect.
async fn begin(step: &Step, ledger: &mut Ledger<'_>) -> Result<(), Failure> {
    let now = ledger.world.now();
    let record = ledger.job.step_mut(step.name);
    let goes_on = record.status == StepStatus::Waiting
        || (record.status == StepStatus::Running && record.cursor.is_some());
    record.status = StepStatus::Running;
    record.wait = None;
    record.attempts += u32::from(!goes_on);
    record.started.get_or_insert(now);
    if step.outside {
        ledger.take_lease();
        ledger.save(JobEvent::default()).await?;
    }
    Ok(())
}

/// Writes down a failed action. The failure stands even if it cannot be written: then the lease
/// runs out and the step is looked at again.
pub(crate) async fn fail<T>(mut ledger: Ledger<'_>, failure: Failure, done: Done) -> Result<T, Failure> {
    let now = ledger.world.now();
    let code = failure.to_string();
    let step = ledger.step;
    let record = ledger.job.step_mut(step);
    // A rejected candidate belongs to somebody else: this step made nothing that would have to be undone.
    let rejected = matches!(failure, Failure::Rejected(_));
    let status = if rejected { StepStatus::Undone } else { StepStatus::Failed };
    (record.status, record.ended, record.error) = (status, Some(now), Some(code.clone()));
    let retryable = failure.may_pass();
    ledger.job.last_error = Some(JobError { code, step: step.to_owned(), at: now, retryable });
    note_unsaved(ledger.close(done, "job.step_failed").await);
    Err(failure)
}

pub(crate) fn note_unsaved(saved: Result<(), StoreError>) {
    if let Err(error) = saved {
        tracing::warn!(%error, "the failure of a step could not be written down");
    }
}

/// Marks the job for a person; what is left where stands in its steps.
async fn hand_over(mut ledger: Ledger<'_>) -> Result<Next, Failure> {
    if !ledger.job.status.is_final() {
        ledger.close(Done::closing(JobStatus::NeedsAttention), "job.hand_over").await?;
    }
    Ok(Next::Step)
}
