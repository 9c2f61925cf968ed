//! Every step and every undo is done twice, in each way in which that can happen.

use std::collections::BTreeMap;

use vestibule_domain::{JobStatus, StepStatus};
use vestibule_saga::{
    Action, Definition, Done, Failure, Ledger, Next, Saga, StepName as _, StepOutcome, Task,
};

use crate::{
    Place, Tally, Twisted, job, perform_step, perform_task, perform_through, run, run_seen,
    walk::assert_sound,
};

/// A saga that does everything of one step twice before it is recorded.
struct Doubled<'a, S> {
    saga: &'a S,
    step: &'a str,
}

impl<S: Saga> Saga for Doubled<'_, S> {
    type Step = S::Step;

    fn definition(&self) -> &'static Definition {
        self.saga.definition()
    }
    async fn act(&self, step: S::Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        if step.name() == self.step {
            self.saga.act(step, ledger).await?;
        }
        self.saga.act(step, ledger).await
    }
    async fn undo(&self, step: S::Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        if step.name() == self.step {
            self.saga.undo(step, ledger).await?;
        }
        self.saga.undo(step, ledger).await
    }
    fn rejected(&self, step: S::Step, ledger: &mut Ledger<'_>) -> Done {
        self.saga.rejected(step, ledger)
    }
}

/// What a job leaves, without what differs from case to case.
#[derive(Debug, PartialEq)]
struct Left<O> {
    status: JobStatus,
    steps: BTreeMap<String, StepStatus>,
    results: u32,
    outside: O,
}

async fn left<P: Place>(place: &P, case: &P::Case) -> Left<P::Outside> {
    let job = job(place, case).await;
    Left {
        status: job.status,
        steps: job.steps.iter().map(|(name, record)| (name.clone(), record.status)).collect(),
        results: job.results,
        outside: place.outside(case).await,
    }
}

/// The steps that fail for good, one run each; `None` is the run that succeeds.
fn courses(definition: &Definition) -> Vec<Option<&'static str>> {
    let failing = definition.steps.iter().filter(|step| step.undo).map(|step| Some(step.name));
    [None].into_iter().chain(failing).collect()
}

fn course<'a, S: Saga>(saga: &'a S, failing: Option<&'static str>) -> Twisted<'a, S> {
    Twisted::new(saga).failing_at(failing.unwrap_or("no step"))
}

/// A step or undo that is done twice before its record is as one done once. What cannot be told from its repetition
/// is counted: it is the price.
pub async fn done_twice_before_the_record<P: Place>(place: &P) -> Tally {
    let steps = place.saga().definition().steps;
    let last = steps.iter().rfind(|step| step.outside && step.undo).map(|step| step.name);
    let mut tally = Tally::default();
    for failing in [None, last] {
        let (case, saga) = (place.case().await, place.saga());
        run(place, &case, &course(&saga, failing)).await;
        let (once, price) = (left(place, &case).await, place.unrepeatable(&case));
        for step in steps {
            let (case, name) = (place.case().await, format!("{} twice, {failing:?} fails", step.name));
            run(place, &case, &course(&Doubled { saga: &saga, step: step.name }, failing)).await;
            assert_sound(place, &case, &name).await;
            assert_eq!(left(place, &case).await, once, "{name}");
            let twice = place.unrepeatable(&case);
            assert!(twice == price || step.no_return, "{name}");
            tally.add(once.status, twice > price);
        }
    }
    assert!(tally.cases > 0 && tally.cases == 2 * steps.len());
    tally
}

/// A task that is delivered again after the end changes nothing.
pub async fn repeated_after_the_end<P: Place>(place: &P) -> usize {
    let definition = place.saga().definition();
    let mut tasks = 0;
    for failing in courses(definition) {
        let (case, saga, mut seen): (_, _, Vec<Task>) = (place.case().await, place.saga(), Vec::new());
        run_seen(place, &case, &course(&saga, failing), |task, _| seen.push(task.clone())).await;
        let discards = definition.steps.iter().filter_map(|step| step.on_rejected?.discard);
        let template = seen[0].clone();
        let discarding = |step: &str| Task { step: step.into(), action: Action::Discard, ..template.clone() };
        seen.extend(discards.map(discarding));
        let (before, ended) = (left(place, &case).await, job(place, &case).await);
        for task in &seen {
            // The answer to a late repetition reaches nobody; only what it does counts.
            let _ = perform_task(place, &saga, task).await;
            assert_eq!(job(place, &case).await, ended, "{failing:?} fails, {task:?} again");
            tasks += 1;
        }
        assert_eq!(left(place, &case).await, before, "{failing:?} fails");
        assert_sound(place, &case, &format!("{failing:?} fails, all again")).await;
    }
    assert!(tasks > 0);
    tasks
}

/// Each task that is performed twice in a row has its effect once.
pub async fn twice_in_a_row<P: Place>(place: &P) -> usize {
    let definition = place.saga().definition();
    let mut tasks = 0;
    for failing in courses(definition) {
        let (case, inner) = (place.case().await, place.saga());
        let saga = course(&inner, failing);
        let before = place.changes();
        let (more, done) = forward_twice(place, &case, &saga).await;
        tasks += more;
        if let Some(begun) = definition.steps.get(..=done) {
            tasks += undone_twice(place, &case, &saga, begun).await;
        }
        assert_sound(place, &case, &format!("{failing:?} fails")).await;
        let after = place.changes();
        let more = after.iter().map(|(name, count)| count - before.get(name).unwrap_or(&0));
        assert!(more.clone().all(|more| more <= 1), "{failing:?}: {before:?} {after:?}");
        assert!(place.unrepeatable(&case) <= 1);
    }
    assert!(tasks > 0);
    tasks
}

/// Walks forward until a step fails for good, each task twice; counts tasks, and the steps that were done.
async fn forward_twice<P: Place>(place: &P, case: &P::Case, saga: &impl Saga) -> (usize, usize) {
    let definition = saga.definition();
    let (mut tasks, mut at) = (0, 0);
    while let Some(step) = definition.steps.get(at) {
        let first = perform_through(place, case, saga, (step.name, Action::Do)).await;
        tasks += 1;
        if let (Err(Failure::Rejected(_)), Some(rejected)) = (&first, step.on_rejected) {
            for discard in rejected.discard.into_iter().flat_map(|step| [step, step]) {
                let discarded = perform_through(place, case, saga, (discard, Action::Discard)).await;
                assert_eq!(discarded, Ok(Next::Step), "{discard}");
            }
            at = definition.place(rejected.back_to);
            continue;
        }
        let second = perform_step(place, case, saga, (step.name, Action::Do)).await;
        assert_eq!(first, second, "{}", step.name);
        tasks += discarded_late(place, case, saga, step.name).await;
        if first.is_err() {
            break;
        }
        at += 1;
    }
    (tasks, at)
}

/// A repeated discard from before the job went on to this candidate changes nothing.
async fn discarded_late<P: Place>(place: &P, case: &P::Case, saga: &impl Saga, behind: &str) -> usize {
    let before = job(place, case).await;
    let discards = saga.definition().steps.iter().filter_map(|step| step.on_rejected?.discard);
    let mut tasks = 0;
    for late in discards {
        let _ = perform_step(place, case, saga, (late, Action::Discard)).await;
        assert_eq!(job(place, case).await, before, "{late} discarded after {behind}");
        tasks += 1;
    }
    tasks
}

async fn undone_twice<P: Place>(
    place: &P,
    case: &P::Case,
    saga: &impl Saga,
    begun: &[vestibule_saga::Step],
) -> usize {
    for step in begun.iter().rev() {
        let task = (step.name, Action::Undo);
        assert_eq!(perform_through(place, case, saga, task).await, Ok(Next::Step), "{}", step.name);
        assert_eq!(perform_step(place, case, saga, task).await, Ok(Next::Step), "{}", step.name);
    }
    begun.len()
}
