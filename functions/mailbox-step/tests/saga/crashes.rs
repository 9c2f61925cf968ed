//! Workers die before, within and after every step and every undo, once and twice; what they left
//! half-done is finished or undone, and nothing is there twice.

use tokio::task::yield_now;
use vestibule_domain::JobStatus;
use vestibule_mailbox_step::mailbox_saga::TABLE;
use vestibule_models::{Fault, FaultKind};

use crate::{
    deaths::{Course, Point, points, run_with_deaths},
    firm::Firm,
    kinds::{numbered, title},
    stack::Stack,
};

/// Runs a job with these deaths; returns how many died and whether more than one mail was sent.
async fn survive(stack: &Stack, deaths: &[Point], course: Course) -> (usize, usize) {
    let (firm, work) = Firm::with_hire(stack).await;
    let (ended, died) = run_with_deaths(&firm, &firm.saga(), work, (deaths, course)).await;
    let case = format!("{deaths:?} {course:?} {ended:?}");
    firm.assert_sound(&[work], &case).await;
    let expected = if course.failing.is_some() { JobStatus::Failed } else { JobStatus::Succeeded };
    assert_eq!(firm.job(work).await.status, expected, "{case}");
    (died, usize::from(firm.mails(work).len() > 1))
}

#[tokio::test]
async fn a_worker_that_dies_in_any_step_or_undo_leaves_a_job_that_goes_on() {
    let stack = Stack::start().await;
    let forward = points(TABLE.steps, false).into_iter().map(|point| (point, None));
    let failing_at = TABLE.steps.iter().rposition(|step| step.outside).unwrap();
    let failing = Some(TABLE.steps[failing_at].name);
    let back = points(&TABLE.steps[..=failing_at], true).into_iter().map(move |point| (point, failing));
    let (mut cases, mut died, mut twice) = (0, 0, 0);
    for (point, failing) in forward.chain(back) {
        for anew in [false, true] {
            let (dead, doubled) = survive(&stack, &[point], Course { failing, anew }).await;
            (cases, died, twice) = (cases + 1, died + dead, twice + doubled);
        }
    }
    // Behind the last record there is nothing left to die in.
    assert!(cases > 0 && died >= cases - 4, "{died} of {cases} died");
    println!("deaths: {cases} cases, {died} died; mails sent more than once: {twice} of {cases} cases");
}

#[tokio::test]
async fn two_workers_that_die_one_after_the_other_leave_a_job_that_goes_on() {
    let stack = Stack::start().await;
    let outside: Vec<_> = TABLE.steps.iter().filter(|step| step.outside).copied().collect();
    let points = points(&outside, false);
    let (mut cases, mut died, mut twice) = (0, 0, 0);
    for (at, first) in points.iter().enumerate() {
        for second in &points[at..] {
            let course = Course { failing: None, anew: at % 2 == 0 };
            let (dead, doubled) = survive(&stack, &[*first, *second], course).await;
            (cases, died, twice) = (cases + 1, died + dead, twice + doubled);
        }
    }
    assert!(cases > 0 && died > cases, "{died} died in {cases} cases");
    println!("two deaths: {cases} cases, {died} died; mails sent more than once: {twice} of {cases} cases");
}

#[tokio::test]
async fn a_worker_that_dies_while_it_waits_for_any_answer_leaves_a_job_that_goes_on() {
    let stack = Stack::start().await;
    let (firm, work) = Firm::with_hire(&stack).await;
    let calls = firm.calls_of(&firm.saga(), work).await;
    let (mut cases, mut twice) = (0, 0);
    for (call, passed) in numbered(&calls) {
        let (firm, work) = Firm::with_hire(&stack).await;
        let never = FaultKind::Late { millis: u64::from(u32::MAX) };
        stack.cloud.faults().set(Fault::new(call.service, &call.operation, never).after(passed));
        let struck = async {
            while !stack.cloud.faults().list().is_empty() {
                yield_now().await;
            }
        };
        let saga = firm.saga();
        tokio::select! {
            biased;
            () = struck => {}
            ended = firm.run(&saga, work) => panic!("{}: no answer was late, {ended:?}", title(&call, passed)),
        }
        stack.cloud.faults().clear();
        stack.outlast_leases();
        firm.run(&saga, work).await;
        firm.assert_sound(&[work], &title(&call, passed)).await;
        assert_eq!(firm.job(work).await.status, JobStatus::Succeeded);
        (cases, twice) = (cases + 1, twice + usize::from(firm.mails(work).len() > 1));
    }
    assert!(cases > 0 && cases == calls.len());
    println!("deaths while waiting: {cases} cases; mails sent more than once: {twice} of {cases} cases");
}
