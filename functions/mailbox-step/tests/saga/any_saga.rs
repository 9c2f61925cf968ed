//! What the test kit tries with every saga, tried with the mailbox saga.

use vestibule_saga_kit as kit;

use crate::{stack::Stack, walks::Firms};

#[tokio::test]
async fn whatever_goes_wrong_at_an_outside_call_the_job_ends_with_everything_or_nothing_or_named() {
    for stack in Stack::each().await {
        println!("faults, {}: {}", stack.way.name(), kit::fails_at_any_call(&Firms(&stack)).await);
    }
}

#[tokio::test]
async fn whatever_goes_wrong_in_an_undo_nothing_is_left_unnamed() {
    for stack in Stack::each().await {
        let ways = [("issue_password", false), ("create_user", true)];
        println!(
            "faults in undos, {}: {}",
            stack.way.name(),
            kit::fails_in_an_undo(&Firms(&stack), &ways).await
        );
    }
}

#[tokio::test]
async fn a_step_that_fails_for_good_brings_back_the_state_from_before() {
    for stack in Stack::each().await {
        println!("failures for good, {}: {}", stack.way.name(), kit::fails_for_good(&Firms(&stack)).await);
    }
}

#[tokio::test]
async fn a_worker_that_dies_in_any_step_or_undo_leaves_a_job_that_goes_on() {
    for stack in Stack::each().await {
        println!("deaths, {}: {}", stack.way.name(), kit::dies_in_any_step_or_undo(&Firms(&stack)).await);
    }
}

#[tokio::test]
async fn two_workers_that_die_one_after_the_other_leave_a_job_that_goes_on() {
    for stack in Stack::each().await {
        println!("two deaths, {}: {}", stack.way.name(), kit::dies_twice(&Firms(&stack)).await);
    }
}

#[tokio::test]
async fn a_worker_that_dies_while_it_waits_for_any_answer_leaves_a_job_that_goes_on() {
    for stack in Stack::each().await {
        println!(
            "deaths while waiting, {}: {}",
            stack.way.name(),
            kit::dies_while_waiting(&Firms(&stack)).await
        );
    }
}

#[tokio::test]
async fn a_step_or_undo_done_twice_before_its_record_is_as_one_done_once() {
    for stack in Stack::each().await {
        println!(
            "twice before the record, {}: {}",
            stack.way.name(),
            kit::done_twice_before_the_record(&Firms(&stack)).await
        );
    }
}

#[tokio::test]
async fn a_task_delivered_again_after_the_end_changes_nothing() {
    for stack in Stack::each().await {
        println!(
            "tasks again after the end, {}: {} cases",
            stack.way.name(),
            kit::repeated_after_the_end(&Firms(&stack)).await
        );
    }
}

#[tokio::test]
async fn each_task_performed_twice_in_a_row_has_its_effect_once() {
    for stack in Stack::each().await {
        println!(
            "tasks twice in a row, {}: {} cases",
            stack.way.name(),
            kit::twice_in_a_row(&Firms(&stack)).await
        );
    }
}
