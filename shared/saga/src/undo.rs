//! Taking a step back: for good, or to do it again for another candidate.

use vestibule_domain::{JobStatus, Mode, StepRecord, StepStatus};
use vestibule_store::JobEvent;

use crate::{
    Done, Failure, Ledger, Next, Saga, Step, StepOutcome,
    perform::{fail, note_unsaved},
    repeat::note_again,
};

/// Takes a step back so that it can be done for the next candidate.
pub(crate) async fn discard<S: Saga>(
    saga: &S,
    (step, name): (&Step, S::Step),
    mut ledger: Ledger<'_>,
) -> Result<Next, Failure> {
    if ledger.job.status != JobStatus::Running {
        return Err(Failure::permanent("run_over"));
    }
    // Delivered again after the job went on, the task must not take the next user away.
    let given_up = saga.definition().steps.iter().filter_map(|step| step.on_rejected).any(|rejected| {
        let back_to = ledger.job.step(rejected.back_to).status;
        rejected.discard == Some(step.name) && back_to == StepStatus::Pending
    });
    if !given_up || ledger.record().status == StepStatus::Pending {
        return Ok(Next::Step);
    }
    ledger.take_lease();
    ledger.save(JobEvent::default()).await?;
    match saga.undo(name, &mut ledger).await {
        Ok(StepOutcome::Done(done)) => {
            let attempts = ledger.record().attempts;
            *ledger.job.step_mut(step.name) = StepRecord { attempts, ..StepRecord::default() };
            ledger.close(done, "job.discard").await?;
            Ok(Next::Step)
        }
        Ok(again) => note_again(step, ledger, again).await,
        Err(failure) => fail(ledger, failure, Done::plain()).await,
    }
}

/// Takes a step back because the job failed or was stopped.
pub(crate) async fn go_back<S: Saga>(
    saga: &S,
    (step, name): (&Step, S::Step),
    mut ledger: Ledger<'_>,
) -> Result<Next, Failure> {
    let first = saga.definition().steps.first().is_some_and(|first| first.name == step.name);
    let begun = ledger.record().status != StepStatus::Pending;
    let undone = ledger.record().status == StepStatus::Undone;
    if ledger.job.status.is_final() || (undone && !first) || (!begun && !first) {
        return Ok(Next::Step);
    }
    turn_back(step, &mut ledger).await?;
    match saga.undo(name, &mut ledger).await {
        Ok(StepOutcome::Done(done)) => {
            let ended = ledger.world.now();
            let record = ledger.job.step_mut(step.name);
            (record.status, record.ended, record.intent, record.effect) =
                (StepStatus::Undone, Some(ended), None, None);
            (record.cursor, record.wait) = (None, None);
            ledger.close(done, "job.undone").await?;
            Ok(Next::Step)
        }
        Ok(again) => note_again(step, ledger, again).await,
        Err(failure) => undo_failed(ledger, failure).await,
    }
}

/// Writes down that the job goes back and that this step is being undone; a step without outside effects needs no
/// such record of its own, and the change to compensating is announced with the first.
async fn turn_back(step: &Step, ledger: &mut Ledger<'_>) -> Result<(), Failure> {
    let before = ledger.job.status;
    ledger.job.mode = Mode::Undo;
    if before == JobStatus::Running {
        ledger.change_status(JobStatus::Compensating);
    }
    ledger.job.step_mut(step.name).status = StepStatus::Undoing;
    if step.outside || before == JobStatus::Running {
        if step.outside {
            ledger.take_lease();
        }
        let from = (before != ledger.job.status).then_some(before);
        ledger.save(JobEvent { from, action: "job.compensate", ..JobEvent::default() }).await?;
    }
    Ok(())
}

async fn undo_failed(mut ledger: Ledger<'_>, failure: Failure) -> Result<Next, Failure> {
    let now = ledger.world.now();
    let step = ledger.step;
    let record = ledger.job.step_mut(step);
    (record.status, record.ended, record.error) =
        (StepStatus::UndoFailed, Some(now), Some(failure.to_string()));
    note_unsaved(ledger.close(Done::plain(), "job.undo_failed").await);
    Err(failure)
}
