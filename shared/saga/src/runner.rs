//! Walking a saga's table in process, as the state machine does: for tests that fail every step.

use vestibule_domain::{JobId, TenantId, World};
use vestibule_store::Store;

use crate::{
    Failure, Saga,
    perform::{Action, NEEDS_ATTENTION, Task, perform},
};

/// How often a step is tried, as the state machine's `Retry` has it.
const TRIES: u32 = 9;

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All steps done.
    Succeeded,
    /// Failed and undone.
    Undone,
    /// Handed to a person.
    HandedOver,
}

/// Runs attempt `attempt` of a job to its end. `between` is called after every task, so that a
/// test can move its clock or repeat the task.
pub async fn run_in_process(
    saga: &impl Saga,
    store: &Store,
    world: &World,
    (tenant, job, attempt): (TenantId, JobId, u32),
    mut between: impl FnMut(&Task, &Result<(), Failure>),
) -> Ended {
    let task = |step: &str, action| {
        let (saga, step) = (saga.table().saga.to_owned(), step.to_owned());
        Task { saga, step, action, tenant, job, attempt }
    };
    let steps = saga.table().steps;
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        match tried(saga, store, world, &task(step.name, Action::Do), &mut between).await {
            Ok(()) => at += 1,
            Err(Failure::AddressTaken) if step.on_taken.is_some() => {
                let Some(taken) = step.on_taken else { continue };
                if let Some(discard) = taken.discard
                    && tried(saga, store, world, &task(discard, Action::Discard), &mut between).await.is_err()
                {
                    break;
                }
                at = steps.iter().position(|step| step.name == taken.back_to).unwrap_or(0);
            }
            Err(_) if step.undo => {
                for step in steps[..=at].iter().rev() {
                    if tried(saga, store, world, &task(step.name, Action::Undo), &mut between).await.is_err()
                    {
                        return hand_over(saga, store, world, &task(NEEDS_ATTENTION, Action::Do)).await;
                    }
                }
                return Ended::Undone;
            }
            Err(_) => break,
        }
    }
    if at == steps.len() {
        return Ended::Succeeded;
    }
    hand_over(saga, store, world, &task(NEEDS_ATTENTION, Action::Do)).await
}

async fn hand_over(saga: &impl Saga, store: &Store, world: &World, task: &Task) -> Ended {
    let _ = tried(saga, store, world, task, &mut |_, _| ()).await;
    Ended::HandedOver
}

async fn tried(
    saga: &impl Saga,
    store: &Store,
    world: &World,
    task: &Task,
    between: &mut impl FnMut(&Task, &Result<(), Failure>),
) -> Result<(), Failure> {
    let mut outcome = Ok(());
    for _ in 0..TRIES {
        outcome = perform(saga, store, world, task).await;
        between(task, &outcome);
        if !matches!(outcome, Err(Failure::Retry(_))) {
            break;
        }
    }
    outcome
}
