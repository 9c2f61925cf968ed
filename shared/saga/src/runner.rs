//! Walking a saga's definition in process, as the state machine does: for tests that fail every step.

use jiff::Timestamp;
use vestibule_domain::{JobId, TenantId, World};
use vestibule_store::Store;

use crate::{
    Failure, Next, Saga, Step,
    perform::{Action, NEEDS_ATTENTION, Task, perform},
};

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All steps done.
    Succeeded,
    /// Failed and undone.
    Undone,
    /// Handed to a person.
    HandedOver,
    /// The run is over, the job is not: the sweep begins another run when the job is due.
    Parked,
}

/// What a walk tells the one who has it walked.
pub trait Watch {
    /// A task was performed, with this outcome. A test may move its clock, or repeat the task.
    fn performed(&mut self, task: &Task, outcome: &Result<Next, Failure>);

    /// The workflow waits until this time.
    fn waits_until(&mut self, at: Timestamp) -> impl Future<Output = ()>;
}

/// One run of one job.
struct Walk<'a, S, W> {
    saga: &'a S,
    store: &'a Store,
    world: &'a World,
    job: (TenantId, JobId, u32),
    watch: W,
}

/// Runs attempt `attempt` of a job to its end.
pub async fn run_in_process<S: Saga>(
    saga: &S,
    store: &Store,
    world: &World,
    job: (TenantId, JobId, u32),
    watch: impl Watch,
) -> Ended {
    let mut walk = Walk { saga, store, world, job, watch };
    let steps = saga.definition().steps;
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        match walk.tried(step, Action::Do).await {
            Ok(Next::Parked) => return Ended::Parked,
            Ok(_) => at += 1,
            Err(Failure::Rejected(_)) if step.on_rejected.is_some() => {
                let Some(rejected) = step.on_rejected else { continue };
                let discard = rejected.discard.and_then(|name| steps.iter().find(|step| step.name == name));
                if let Some(discard) = discard
                    && walk.tried(discard, Action::Discard).await.is_err()
                {
                    return walk.hand_over().await;
                }
                at = steps.iter().position(|step| step.name == rejected.back_to).unwrap_or(0);
            }
            Err(_) if step.undo => return walk.back(&steps[..=at]).await,
            Err(_) => return walk.hand_over().await,
        }
    }
    Ended::Succeeded
}

impl<S: Saga, W: Watch> Walk<'_, S, W> {
    async fn back(&mut self, steps: &[Step]) -> Ended {
        for step in steps.iter().rev() {
            match self.tried(step, Action::Undo).await {
                Ok(Next::Parked) => return Ended::Parked,
                Ok(_) => {}
                Err(_) => return self.hand_over().await,
            }
        }
        Ended::Undone
    }

    async fn hand_over(&mut self) -> Ended {
        let task = self.task(NEEDS_ATTENTION, Action::Do);
        for _ in 0..Step::inside().tries(Action::Do) {
            // Not told of: it is no step of the saga's.
            let outcome = perform(self.saga, self.store, self.world, &task).await;
            if !outcome.is_err_and(|failure| failure.may_pass()) {
                break;
            }
        }
        Ended::HandedOver
    }

    /// Performs a step until it is done, failed for good, or was tried often enough.
    async fn tried(&mut self, step: &Step, action: Action) -> Result<Next, Failure> {
        let task = self.task(step.name, action);
        let mut left = step.tries(action);
        loop {
            let outcome = perform(self.saga, self.store, self.world, &task).await;
            self.watch.performed(&task, &outcome);
            match outcome {
                Ok(Next::Again) => left = step.tries(action),
                Ok(Next::At(at)) => {
                    self.watch.waits_until(at).await;
                    left = step.tries(action);
                }
                Err(failure) if failure.may_pass() && left > 1 => left -= 1,
                ended => return ended,
            }
        }
    }

    fn task(&self, step: &str, action: Action) -> Task {
        let (tenant, job, attempt) = self.job;
        let (saga, step) = (self.saga.definition().saga.to_owned(), step.to_owned());
        Task { saga, step, action, tenant, job, attempt }
    }
}
