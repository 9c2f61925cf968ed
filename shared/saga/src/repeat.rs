//! Steps that are called more than once: batch by batch, at a time, or behind another job.

use jiff::{SignedDuration, Timestamp};
use vestibule_domain::{Job, StepStatus, Wait};
use vestibule_store::JobWrites;

use crate::{
    Done, Failure, Ledger, Next, Step, StepOutcome,
    perform::{fail, too_many_results},
};

/// Rounds of one step within one run of a workflow: its history ends at 25,000 events, and a round takes up to nine.
const ROUNDS_OF_A_RUN: u32 = 2_000;
/// The longest wait within a run. For a longer one the run ends, and the sweep begins another in time.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(12);
/// Time between two looks at another job.
const LOOK: SignedDuration = SignedDuration::from_secs(60);

/// What the workflow does while the step at hand has to wait; `None` when the wait is over, or there is none.
pub(crate) async fn still_waiting(ledger: &Ledger<'_>) -> Result<Option<Next>, Failure> {
    let now = ledger.world.now();
    match ledger.record().wait {
        Some(Wait::Until(at)) if now < at => Ok(Some(pause(at, now))),
        Some(Wait::Job(awaited)) => {
            let ended = ledger.tenant().find::<Job>(awaited).await?.is_none_or(|job| job.status.is_final());
            Ok((!ended).then(|| pause(later(now, LOOK), now)))
        }
        Some(Wait::Until(_)) | None => Ok(None),
    }
}

/// Writes down that the step is to be called again, and when.
pub(crate) async fn note_again(
    step: &Step,
    mut ledger: Ledger<'_>,
    outcome: StepOutcome,
) -> Result<Next, Failure> {
    if !step.repeats {
        return fail(ledger, Failure::permanent("step_does_not_repeat"), Done::plain()).await;
    }
    let now = ledger.world.now();
    let undoing = ledger.record().status == StepStatus::Undoing;
    let record = ledger.job.step_mut(step.name);
    record.rounds = record.rounds.saturating_add(1);
    let long = record.rounds.is_multiple_of(ROUNDS_OF_A_RUN);
    let (wait, writes) = match outcome {
        StepOutcome::More { cursor, writes } => {
            record.cursor = Some(cursor);
            (None, writes)
        }
        StepOutcome::WaitUntil(at) => (Some(Wait::Until(at)), JobWrites::none()),
        StepOutcome::WaitForJob(job) => (Some(Wait::Job(job)), JobWrites::none()),
        StepOutcome::Done(_) => (None, JobWrites::none()),
    };
    if wait.is_some() && !undoing {
        record.status = StepStatus::Waiting;
    }
    let next = match &wait {
        None => Next::Again,
        Some(Wait::Until(at)) => pause(*at, now),
        Some(Wait::Job(_)) => pause(later(now, LOOK), now),
    };
    let next = if long && next == Next::Again { Next::Parked } else { next };
    record.wait = wait;
    ledger.job.due = Some(due(next, ledger.record().wait.as_ref(), now));
    if !ledger.has_room_for(writes.results()) {
        return fail(ledger, too_many_results(), Done::plain()).await;
    }
    ledger.close(Done::plain().writing(writes), "job.again").await?;
    Ok(next)
}

/// When the sweep looks whether the workflow still goes on; at once where it does not.
fn due(next: Next, wait: Option<&Wait>, now: Timestamp) -> Timestamp {
    match (next, wait) {
        (Next::Parked, Some(Wait::Until(at))) => *at,
        (Next::Parked, _) => now,
        (Next::At(at), _) => later(at, crate::launch::WATCH),
        (Next::Again | Next::Step, _) => later(now, crate::launch::WATCH),
    }
}

fn pause(at: Timestamp, now: Timestamp) -> Next {
    if at > later(now, LONGEST_WAIT) { Next::Parked } else { Next::At(at) }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
