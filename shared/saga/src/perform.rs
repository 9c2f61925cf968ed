//! Performing one task of a workflow: the lease, the records before and after, the repeat.

use serde::{Deserialize, Serialize};
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{JobError, JobId, JobStatus, Mode, StepRecord, StepStatus, TenantId, World};
use vestibule_store::{Conflict, JobEvent, Store, StoreError};

use crate::{Done, Failure, Ledger, Saga, Step};

/// The pseudo step that hands a job to a person.
pub(crate) const NEEDS_ATTENTION: &str = "needs_attention";

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

/// Performs a task. A task that was performed before changes nothing and succeeds again.
pub async fn perform(saga: &impl Saga, store: &Store, world: &World, task: &Task) -> Result<(), Failure> {
    let scope = TenantScope::for_system(task.tenant, SystemTask::Workflow);
    let job =
        store.tenant(&scope).find_job(task.job).await?.ok_or_else(|| Failure::permanent("job_missing"))?;
    if job.attempt != task.attempt {
        return Err(Failure::permanent("run_over"));
    }
    if job.lease_until.is_some_and(|until| world.now() < until) {
        return Err(Failure::retry("job_leased"));
    }
    if task.step == NEEDS_ATTENTION {
        return hand_over(Ledger::new((store, &scope, world), job, NEEDS_ATTENTION)).await;
    }
    let step = saga.table().find(&task.step).ok_or_else(|| Failure::permanent("step_unknown"))?;
    let ledger = Ledger::new((store, &scope, world), job, step.name);
    match task.action {
        Action::Do => go_forward(saga, step, ledger).await,
        Action::Undo => go_back(saga, step, ledger).await,
        Action::Discard => discard(saga, step, ledger).await,
    }
}

async fn go_forward(saga: &impl Saga, step: &Step, mut ledger: Ledger<'_>) -> Result<(), Failure> {
    if ledger.record().status == StepStatus::Done {
        return Ok(());
    }
    if ledger.job.status != JobStatus::Running {
        return Err(Failure::permanent("run_over"));
    }
    if ledger.job.cancel_requested && step.undo {
        return fail(ledger, Failure::permanent("cancelled"), Done::plain()).await;
    }
    begin(step, &mut ledger, StepStatus::Running).await?;
    loop {
        match saga.act(step.name, &mut ledger).await {
            Ok(done) => match finish(step, &mut ledger, done).await {
                // Another job was faster with this address: look again for the next one.
                Err(StoreError::Conflict(Conflict::AddressTaken)) => ledger.lose_candidate().await,
                written => return Ok(written?),
            },
            Err(Failure::AddressTaken) => {
                let done = saga.taken(&mut ledger);
                return fail(ledger, Failure::AddressTaken, done).await;
            }
            Err(failure) => return fail(ledger, failure, Done::plain()).await,
        }
    }
}

async fn finish(step: &Step, ledger: &mut Ledger<'_>, done: Done) -> Result<(), StoreError> {
    let ended = ledger.world.now();
    let record = ledger.job.step_mut(step.name);
    (record.status, record.ended, record.error) = (StepStatus::Done, Some(ended), None);
    record.effect.clone_from(&done.effect);
    ledger.close(done, "job.finish").await
}

async fn discard(saga: &impl Saga, step: &Step, mut ledger: Ledger<'_>) -> Result<(), Failure> {
    if ledger.job.status != JobStatus::Running {
        return Err(Failure::permanent("run_over"));
    }
    // Delivered again after the job went on, the task must not take the next user away.
    let given_up = saga.table().steps.iter().filter_map(|step| step.on_taken).any(|taken| {
        taken.discard == Some(step.name) && ledger.job.step(taken.back_to).status == StepStatus::Pending
    });
    if !given_up || ledger.record().status == StepStatus::Pending {
        return Ok(());
    }
    ledger.take_lease();
    ledger.save(JobEvent::default()).await?;
    match saga.undo(step.name, &mut ledger).await {
        Ok(done) => {
            let attempts = ledger.record().attempts;
            *ledger.job.step_mut(step.name) = StepRecord { attempts, ..StepRecord::default() };
            Ok(ledger.close(done, "job.discard").await?)
        }
        Err(failure) => fail(ledger, failure, Done::plain()).await,
    }
}

async fn go_back(saga: &impl Saga, step: &Step, mut ledger: Ledger<'_>) -> Result<(), Failure> {
    let first = saga.table().steps.first().is_some_and(|first| first.name == step.name);
    let begun = ledger.record().status != StepStatus::Pending;
    let undone = ledger.record().status == StepStatus::Undone;
    if ledger.job.status.is_final() || (undone && !first) || (!begun && !first) {
        return Ok(());
    }
    let before = ledger.job.status;
    ledger.job.mode = Mode::Undo;
    if before == JobStatus::Running {
        ledger.change_status(JobStatus::Compensating);
    }
    ledger.job.step_mut(step.name).status = StepStatus::Undoing;
    if step.outside || before == JobStatus::Running {
        // The change to compensating is announced with the first undo's record.
        if step.outside {
            ledger.take_lease();
        }
        let from = (before != ledger.job.status).then_some(before);
        ledger.save(JobEvent { from, action: "job.compensate", ..JobEvent::default() }).await?;
    }
    match saga.undo(step.name, &mut ledger).await {
        Ok(done) => {
            let ended = ledger.world.now();
            let record = ledger.job.step_mut(step.name);
            (record.status, record.ended, record.intent, record.effect) =
                (StepStatus::Undone, Some(ended), None, None);
            Ok(ledger.close(done, "job.undone").await?)
        }
        Err(failure) => undo_failed(ledger, failure).await,
    }
}

/// Writes down that a step begins, under a lease; a step without outside effects needs no such
/// record, because its one write at the end is its whole effect.
async fn begin(step: &Step, ledger: &mut Ledger<'_>, status: StepStatus) -> Result<(), Failure> {
    let now = ledger.world.now();
    let record = ledger.job.step_mut(step.name);
    record.status = status;
    record.attempts += 1;
    record.started.get_or_insert(now);
    if step.outside {
        ledger.take_lease();
        ledger.save(JobEvent::default()).await?;
    }
    Ok(())
}

/// Writes down a failed action. The failure stands even if it cannot be written: then the lease
/// runs out and the step is looked at again.
async fn fail(mut ledger: Ledger<'_>, failure: Failure, done: Done) -> Result<(), Failure> {
    let now = ledger.world.now();
    let code = failure.to_string();
    let step = ledger.step;
    let record = ledger.job.step_mut(step);
    // What is somebody else's was not made by this step: nothing of it is left to undo.
    let status = if failure == Failure::AddressTaken { StepStatus::Undone } else { StepStatus::Failed };
    (record.status, record.ended, record.error) = (status, Some(now), Some(code.clone()));
    let retryable = matches!(failure, Failure::Retry(_));
    ledger.job.last_error = Some(JobError { code, step: step.to_owned(), at: now, retryable });
    note_unsaved(ledger.close(done, "job.step_failed").await);
    Err(failure)
}

async fn undo_failed(mut ledger: Ledger<'_>, failure: Failure) -> Result<(), Failure> {
    let now = ledger.world.now();
    let step = ledger.step;
    let record = ledger.job.step_mut(step);
    (record.status, record.ended, record.error) =
        (StepStatus::UndoFailed, Some(now), Some(failure.to_string()));
    note_unsaved(ledger.close(Done::plain(), "job.undo_failed").await);
    Err(failure)
}

fn note_unsaved(saved: Result<(), StoreError>) {
    if let Err(error) = saved {
        tracing::warn!(%error, "the failure of a step could not be written down");
    }
}

/// Marks the job for a person; what is left where stands in its steps.
async fn hand_over(mut ledger: Ledger<'_>) -> Result<(), Failure> {
    if ledger.job.status.is_final() {
        return Ok(());
    }
    let done = Done { status: Some(JobStatus::NeedsAttention), ..Done::plain() };
    Ok(ledger.close(done, "job.hand_over").await?)
}
