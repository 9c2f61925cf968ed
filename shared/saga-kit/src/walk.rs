//! Walking jobs: to the end, task by task, and on after a worker died.

use jiff::Timestamp;
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{Job, JobStatus, StepStatus};
use vestibule_models::Call;
use vestibule_saga::{Action, Ended, Failure, Next, Saga, Task, Watch, perform, run_in_process};
use vestibule_store::JobEvent;

use crate::Place;

/// Runs of one job, each ended by parking, before the kit gives up.
const MOST_RUNS: u32 = 20;

/// The job as it is in the table.
pub async fn job<P: Place>(place: &P, case: &P::Case) -> Job {
    let (tenant, job) = place.job(case);
    let scope = TenantScope::for_system(tenant, SystemTask::Seed);
    place.store().tenant(&scope).find::<Job>(job).await.unwrap().unwrap()
}

/// Walks the job to its end; the clock moves on between tries.
pub async fn run<P: Place>(place: &P, case: &P::Case, saga: &impl Saga) -> Ended {
    run_seen(place, case, saga, |_, _| ()).await
}

/// The same; `seen` is told of every task and its outcome.
pub async fn run_seen<P: Place>(
    place: &P,
    case: &P::Case,
    saga: &impl Saga,
    mut seen: impl FnMut(&Task, &Result<Next, Failure>),
) -> Ended {
    for _ in 0..MOST_RUNS {
        let ((tenant, id), attempt) = (place.job(case), job(place, case).await.attempt);
        let watch = Watching { place, case, seen: &mut seen };
        let ended = run_in_process(saga, place.store(), place.world(), (tenant, id, attempt), watch).await;
        if ended != Ended::Parked {
            return ended;
        }
        let due = job(place, case).await.due.unwrap();
        place.wait_until(case, due).await;
        recover(place, case).await;
    }
    panic!("the job is parked again and again");
}

struct Watching<'a, P: Place, F> {
    place: &'a P,
    case: &'a P::Case,
    seen: F,
}

impl<P: Place, F: FnMut(&Task, &Result<Next, Failure>)> Watch for Watching<'_, P, F> {
    fn performed(&mut self, task: &Task, outcome: &Result<Next, Failure>) {
        if outcome.is_err() {
            self.place.outlast_leases();
        }
        (self.seen)(task, outcome);
    }

    async fn waits_until(&mut self, at: Timestamp) {
        self.place.wait_until(self.case, at).await;
    }
}

/// Walks the job to its end and names the calls that this took.
pub async fn calls_of<P: Place>(place: &P, case: &P::Case, saga: &impl Saga) -> Vec<Call> {
    let before = place.cloud().calls().len();
    run(place, case, saga).await;
    place.cloud().calls().split_off(before)
}

/// What the sweep does with a job whose run ended without closing it.
pub async fn recover<P: Place>(place: &P, case: &P::Case) {
    place.outlast_leases();
    let mut found = job(place, case).await;
    found.attempt += 1;
    let scope = TenantScope::for_system(place.job(case).0, SystemTask::Seed);
    place.store().tenant(&scope).save_job(&mut found, JobEvent::default(), place.world()).await.unwrap();
}

/// Performs one task of the job's current run.
pub async fn perform_step<P: Place>(
    place: &P,
    case: &P::Case,
    saga: &impl Saga,
    (step, action): (&str, Action),
) -> Result<Next, Failure> {
    let ((tenant, id), attempt) = (place.job(case), job(place, case).await.attempt);
    let (name, step) = (saga.definition().saga.to_owned(), step.to_owned());
    let task = Task { saga: name, step, action, tenant, job: id, attempt };
    perform_task(place, saga, &task).await
}

/// The same, again and again until the step does not ask to be called again.
pub async fn perform_through<P: Place>(
    place: &P,
    case: &P::Case,
    saga: &impl Saga,
    (step, action): (&str, Action),
) -> Result<Next, Failure> {
    loop {
        match perform_step(place, case, saga, (step, action)).await {
            Ok(Next::Again) => {}
            Ok(Next::At(at)) => place.wait_until(case, at).await,
            Ok(Next::Parked) => {
                let due = job(place, case).await.due.unwrap();
                place.wait_until(case, due).await;
                recover(place, case).await;
            }
            ended => return ended,
        }
    }
}

/// Performs a task.
pub async fn perform_task<P: Place>(place: &P, saga: &impl Saga, task: &Task) -> Result<Next, Failure> {
    perform(saga, place.store(), place.world(), task).await
}

/// Whether a step's record says that nothing of it is left.
pub fn is_clean(status: StepStatus) -> bool {
    matches!(status, StepStatus::Pending | StepStatus::Undone)
}

/// Whether a job whose walk ended so has this status.
pub fn agrees(ended: Ended, status: JobStatus) -> bool {
    match ended {
        Ended::Succeeded => status == JobStatus::Succeeded,
        Ended::Undone => matches!(status, JobStatus::Failed | JobStatus::NeedsAttention),
        Ended::HandedOver => status == JobStatus::NeedsAttention,
        Ended::Parked => !status.is_final(),
    }
}

/// Panics with what the oracle finds, if it finds anything.
pub(crate) async fn assert_sound<P: Place>(place: &P, case: &P::Case, name: &str) {
    let found = place.findings(case).await;
    assert!(found.is_empty(), "{name}: {found:#?}\n{:#?}", job(place, case).await);
}
