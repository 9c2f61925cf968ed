//! Workers that die at a chosen moment, and the run that goes on after them.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::yield_now;
use vestibule_domain::JobStatus;
use vestibule_models::{Fault, FaultKind};
use vestibule_saga::{Action, Ended, Saga, Step};

use crate::{
    Moment, Place, Tally, Turn, Twisted, calls_of, job, numbered, recover, run, title, walk::assert_sound,
};

/// When within a task a worker dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The task has begun, its effect not.
    Before,
    /// The effect is there, the record not.
    After,
    /// The record is there, the workflow was not told.
    Recorded,
}

/// A moment to die at.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// In which step.
    pub step: &'static str,
    /// In its undo.
    pub undo: bool,
    /// When.
    pub when: When,
}

impl Point {
    fn is(self, moment: Moment<'_>, when: When) -> bool {
        self.step == moment.step && self.undo == moment.undo && self.when == when
    }
}

/// How the job goes when nobody dies.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    /// The step that fails for good, if one does.
    pub failing: Option<&'static str>,
    /// Whether the sweep begins a new run after a death, or the workflow repeats the task.
    pub anew: bool,
}

/// Every moment of these steps' actions or undos.
pub fn points(steps: &[Step], undo: bool) -> Vec<Point> {
    let moments = [When::Before, When::After, When::Recorded];
    steps.iter().flat_map(|step| moments.map(|when| Point { step: step.name, undo, when })).collect()
}

/// Walks the job while workers die at these points, one after the other; returns how it ended and
/// how many died.
pub async fn run_with_deaths<P: Place>(
    place: &P,
    case: &P::Case,
    saga: &impl Saga,
    (deaths, course): (&[Point], Course),
) -> (Ended, usize) {
    let mut died = 0;
    for point in deaths {
        let struck = AtomicBool::new(false);
        let now = |moment: Moment<'_>, when| point.is(moment, when) && !struck.swap(true, Ordering::SeqCst);
        let twisted = Twisted::new(saga)
            .before(|moment| if now(moment, When::Before) { Turn::Die } else { fail(course.failing, moment) })
            .after(|moment, _| if now(moment, When::After) { Turn::Die } else { Turn::Go });
        let ended = twisted.run_or_die(place, case, |task, outcome| {
            let moment = Moment { step: &task.step, undo: task.action == Action::Undo };
            outcome.is_ok() && now(moment, When::Recorded)
        });
        if let Some(ended) = ended.await {
            return (ended, died);
        }
        died += 1;
        go_on(place, case, course.anew).await;
    }
    let survivor = Twisted::new(saga).before(|moment| fail(course.failing, moment));
    (run(place, case, &survivor).await, died)
}

/// The lease of the dead ends; where the job goes on anew, the sweep has counted up its run.
pub async fn go_on<P: Place>(place: &P, case: &P::Case, anew: bool) {
    place.outlast_leases();
    if anew && !job(place, case).await.status.is_final() {
        recover(place, case).await;
    }
}

fn fail(failing: Option<&str>, moment: Moment<'_>) -> Turn {
    let here = failing == Some(moment.step) && !moment.undo;
    if here { Turn::failure() } else { Turn::Go }
}

/// Runs one job with these deaths and counts it.
async fn survive<P: Place>(place: &P, tally: &mut Tally, (deaths, course): (&[Point], Course)) {
    let case = place.case().await;
    let (ended, died) = run_with_deaths(place, &case, &place.saga(), (deaths, course)).await;
    let name = format!("{deaths:?} {course:?} {ended:?}");
    assert_sound(place, &case, &name).await;
    let status = job(place, &case).await.status;
    let expected = if course.failing.is_some() { JobStatus::Failed } else { JobStatus::Succeeded };
    assert_eq!(status, expected, "{name}");
    tally.add(status, place.unrepeatable(&case) > 1);
    tally.died += died;
}

/// A worker dies before, within and after every step and every undo; the workflow repeats the task, or the sweep
/// begins a new run.
pub async fn dies_in_any_step_or_undo<P: Place>(place: &P) -> Tally {
    let steps = place.saga().definition().steps;
    let forward = points(steps, false).into_iter().map(|point| (point, None));
    let failing_at = steps.iter().rposition(|step| step.outside).unwrap();
    let failing = Some(steps[failing_at].name);
    let back = points(&steps[..=failing_at], true).into_iter().map(move |point| (point, failing));
    let mut tally = Tally::default();
    for (point, failing) in forward.chain(back) {
        for anew in [false, true] {
            survive(place, &mut tally, (&[point], Course { failing, anew })).await;
        }
    }
    // Behind the last record there is nothing left to die in.
    assert!(tally.cases > 0 && tally.died >= tally.cases - 4, "{tally}");
    tally
}

/// Two workers die one after the other, in every pair of moments of the steps that call outside systems.
pub async fn dies_twice<P: Place>(place: &P) -> Tally {
    let steps = place.saga().definition().steps;
    let outside: Vec<_> = steps.iter().filter(|step| step.outside).copied().collect();
    let points = points(&outside, false);
    let mut tally = Tally::default();
    for (at, first) in points.iter().enumerate() {
        for second in &points[at..] {
            let course = Course { failing: None, anew: at % 2 == 0 };
            survive(place, &mut tally, (&[*first, *second], course)).await;
        }
    }
    assert!(tally.died > tally.cases, "{tally}");
    tally
}

/// A worker dies while it waits for the answer to any outside call.
pub async fn dies_while_waiting<P: Place>(place: &P) -> Tally {
    let calls = calls_of(place, &place.case().await, &place.saga()).await;
    let mut tally = Tally::default();
    for (call, passed) in numbered(&calls) {
        let (case, saga, faults) = (place.case().await, place.saga(), place.cloud().faults());
        let never = FaultKind::Late { millis: u64::from(u32::MAX) };
        faults.set(Fault::new(call.service, &call.operation, never).after(passed));
        let struck = async {
            while !faults.list().is_empty() {
                yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = struck => {}
            ended = run(place, &case, &saga) => panic!("{}: no answer was late, {ended:?}", title(&call, passed)),
        }
        faults.clear();
        place.outlast_leases();
        run(place, &case, &saga).await;
        assert_sound(place, &case, &title(&call, passed)).await;
        let status = job(place, &case).await.status;
        assert_eq!(status, JobStatus::Succeeded);
        tally.add(status, place.unrepeatable(&case) > 1);
    }
    assert!(tally.cases > 0 && tally.cases == calls.len());
    tally
}
