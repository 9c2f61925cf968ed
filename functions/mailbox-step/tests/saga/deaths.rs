//! Workers that die at a chosen moment, and the run that goes on after them.

use std::sync::atomic::{AtomicBool, Ordering};

use vestibule_saga::{Action, Ended, Saga, Step};

use crate::{
    firm::{Firm, Work},
    twist::{Moment, Turn, Twisted},
};

/// When within a task a worker dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// The task has begun, its effect not.
    Before,
    /// The effect is there, the record not.
    After,
    /// The record is there, the workflow was not told.
    Recorded,
}

/// A moment to die at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// In which step.
    pub(crate) step: &'static str,
    /// In its undo.
    pub(crate) undo: bool,
    /// When.
    pub(crate) when: When,
}

impl Point {
    fn is(self, moment: Moment<'_>, when: When) -> bool {
        self.step == moment.step && self.undo == moment.undo && self.when == when
    }
}

/// How the job goes when nobody dies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    /// The step that fails for good, if one does.
    pub(crate) failing: Option<&'static str>,
    /// Whether the sweep begins a new run after a death, or the workflow repeats the task.
    pub(crate) anew: bool,
}

/// Every moment of these steps' actions or undos.
pub(crate) fn points(steps: &[Step], undo: bool) -> Vec<Point> {
    let moments = [When::Before, When::After, When::Recorded];
    steps.iter().flat_map(|step| moments.map(|when| Point { step: step.name, undo, when })).collect()
}

/// Walks the job while workers die at these points, one after the other; returns how it ended and
/// how many died.
pub(crate) async fn run_with_deaths(
    firm: &Firm<'_>,
    saga: &impl Saga,
    work: Work,
    (deaths, course): (&[Point], Course),
) -> (Ended, usize) {
    let mut died = 0;
    for point in deaths {
        let struck = AtomicBool::new(false);
        let now = |moment: Moment<'_>, when| point.is(moment, when) && !struck.swap(true, Ordering::SeqCst);
        let twisted = Twisted::new(saga)
            .before(|moment| if now(moment, When::Before) { Turn::Die } else { fail(course.failing, moment) })
            .after(|moment, _| if now(moment, When::After) { Turn::Die } else { Turn::Go });
        let ended = twisted.run_or_die(firm, work, |task, outcome| {
            let moment = Moment { step: &task.step, undo: task.action == Action::Undo };
            outcome.is_ok() && now(moment, When::Recorded)
        });
        if let Some(ended) = ended.await {
            return (ended, died);
        }
        died += 1;
        go_on(firm, work, course.anew).await;
    }
    let survivor = Twisted::new(saga).before(|moment| fail(course.failing, moment));
    (firm.run(&survivor, work).await, died)
}

/// The lease of the dead ends; where the job goes on anew, the sweep has counted up its run.
pub(crate) async fn go_on(firm: &Firm<'_>, work: Work, anew: bool) {
    firm.stack.outlast_leases();
    if anew && !firm.job(work).await.status.is_final() {
        firm.recover(work).await;
    }
}

fn fail(failing: Option<&str>, moment: Moment<'_>) -> Turn {
    let here = failing == Some(moment.step) && !moment.undo;
    if here { Turn::failure() } else { Turn::Go }
}
