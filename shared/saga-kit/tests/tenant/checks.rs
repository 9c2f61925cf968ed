//! Everything that the kit tries.

use vestibule_domain::{JobStatus, StepStatus, Wait};
use vestibule_saga::{Action, Ended, Failure, Next, Saga as _, Task, ask_to_stop};
use vestibule_saga_kit::{self as kit, Place as _};
use vestibule_store::JobEvent;

use crate::{
    place::{MANY, Receptions, scope},
    saga::Step,
};

#[tokio::test]
async fn a_run_meets_everything_that_a_saga_can_do() {
    let place = Receptions::start().await;
    let case = place.case().await;
    let (mut again, mut parked, mut waited, mut rejected) = (0, 0, 0, 0);
    let saga = place.saga();
    let seen = |_: &Task, outcome: &Result<Next, Failure>| match outcome {
        Ok(Next::Again) => again += 1,
        Ok(Next::Parked) => parked += 1,
        Ok(Next::At(_)) => waited += 1,
        Err(Failure::Rejected(_)) => rejected += 1,
        _ => {}
    };
    assert_eq!(kit::run_seen(&place, &case, &saga, seen).await, Ended::Succeeded);
    assert_eq!(place.findings(&case).await, [""; 0]);
    // 300 results in batches of 45; thirty hours are longer than a run may wait; then the other job.
    assert_eq!((again, parked, rejected), (6, 1, 1));
    assert!(waited >= 1);
    let job = kit::job(&place, &case).await;
    assert_eq!((job.results, job.attempt, job.status), (MANY, 2, JobStatus::Succeeded));
    assert_eq!(job.steps.len(), saga.definition().steps.len());
    assert_eq!(job.step(Step::Import.as_str()).attempts, 1, "a batch is no further attempt");
}

#[tokio::test]
async fn a_job_that_waits_says_for_what_and_a_wish_to_stop_turns_it_back_at_once() {
    let place = Receptions::start().await;
    let (case, saga) = (place.case().await, place.saga());
    let steps = &saga.definition().steps[..saga.definition().place(Step::CoolOff.as_str())];
    for step in steps {
        let mut done = kit::perform_through(&place, &case, &saga, (step.name, Action::Do)).await;
        if matches!(done, Err(Failure::Rejected(_))) {
            for name in [Step::ChooseName, Step::CreateAccount] {
                done = kit::perform_through(&place, &case, &saga, (name.as_str(), Action::Do)).await;
            }
        }
        assert_eq!(done, Ok(Next::Step), "{}", step.name);
    }
    let parked = kit::perform_step(&place, &case, &saga, (Step::CoolOff.as_str(), Action::Do)).await;
    assert_eq!(parked, Ok(Next::Parked));
    let mut job = kit::job(&place, &case).await;
    let waiting = job.step(Step::CoolOff.as_str());
    assert_eq!(waiting.status, StepStatus::Waiting);
    assert!(matches!(waiting.wait, Some(Wait::Until(at)) if Some(at) == job.due));
    let now = place.world().now();
    assert!(ask_to_stop(&mut job, now));
    let event = JobEvent { from: Some(JobStatus::Running), action: "job.cancel", ..JobEvent::default() };
    let scope = scope(case.tenant.id);
    place.scoped(&scope).save_job(&mut job, event, place.world()).await.unwrap();
    for step in saga.definition().steps.iter().rev().filter(|step| step.undo) {
        let undone = kit::perform_through(&place, &case, &saga, (step.name, Action::Undo)).await;
        assert_eq!(undone, Ok(Next::Step), "{}", step.name);
    }
    assert_eq!(place.findings(&case).await, [""; 0]);
    assert_eq!(kit::job(&place, &case).await.status, JobStatus::Failed);
}

#[tokio::test]
async fn whatever_goes_wrong_at_an_outside_call_the_job_ends_with_everything_or_nothing_or_named() {
    println!("faults: {}", kit::fails_at_any_call(&Receptions::small().await).await);
}

#[tokio::test]
async fn whatever_goes_wrong_in_an_undo_nothing_is_left_unnamed() {
    let ways = [("notify", false), ("create_account", true)];
    println!("faults in undos: {}", kit::fails_in_an_undo(&Receptions::small().await, &ways).await);
}

#[tokio::test]
async fn a_step_that_fails_for_good_brings_back_the_state_from_before() {
    println!("failures for good: {}", kit::fails_for_good(&Receptions::start().await).await);
}

#[tokio::test]
async fn a_worker_that_dies_in_any_step_or_undo_leaves_a_job_that_goes_on() {
    println!("deaths: {}", kit::dies_in_any_step_or_undo(&Receptions::small().await).await);
}

#[tokio::test]
async fn two_workers_that_die_one_after_the_other_leave_a_job_that_goes_on() {
    println!("two deaths: {}", kit::dies_twice(&Receptions::small().await).await);
}

#[tokio::test]
async fn a_worker_that_dies_while_it_waits_for_any_answer_leaves_a_job_that_goes_on() {
    println!("deaths while waiting: {}", kit::dies_while_waiting(&Receptions::small().await).await);
}

#[tokio::test]
async fn a_step_or_undo_done_twice_before_its_record_is_as_one_done_once() {
    println!(
        "twice before the record: {}",
        kit::done_twice_before_the_record(&Receptions::small().await).await
    );
}

#[tokio::test]
async fn a_task_delivered_again_after_the_end_changes_nothing() {
    println!(
        "tasks again after the end: {} cases",
        kit::repeated_after_the_end(&Receptions::small().await).await
    );
}

#[tokio::test]
async fn each_task_performed_twice_in_a_row_has_its_effect_once() {
    println!("tasks twice in a row: {} cases", kit::twice_in_a_row(&Receptions::small().await).await);
}
