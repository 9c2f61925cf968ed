//! What the test kit tries with every saga, tried with the mailbox saga.

use vestibule_domain::MailboxProvider;
use vestibule_saga_kit as kit;

use crate::{directory::WAYS_TO_PASSWORDS, stack::Stack, walks::Firms};

const WAYS: [(&str, bool); 2] = [("issue_password", false), ("create_user", true)];

/// The ways to come to the undos. The second has calls of its own at `WorkMail` only.
fn ways(stack: &Stack) -> &'static [(&'static str, bool)] {
    if stack.provider == MailboxProvider::WorkMail { &WAYS } else { &WAYS[1..] }
}

/// Tries it at each provider, and prints the counts.
macro_rules! at_each_provider {
    ($what:literal, $stack:ident => $tried:expr) => {
        for (provider, way) in WAYS_TO_PASSWORDS {
            let $stack = Stack::telling(provider, way).await;
            println!("{} at {}, password {}: {}", $what, provider.name(), way.name(), $tried);
        }
    };
}

#[tokio::test]
async fn whatever_goes_wrong_at_an_outside_call_the_job_ends_with_everything_or_nothing_or_named() {
    at_each_provider!("faults", stack => kit::fails_at_any_call(&Firms(&stack)).await);
}

#[tokio::test]
async fn whatever_goes_wrong_in_an_undo_nothing_is_left_unnamed() {
    at_each_provider!("faults in undos", stack => kit::fails_in_an_undo(&Firms(&stack), ways(&stack)).await);
}

#[tokio::test]
async fn a_step_that_fails_for_good_brings_back_the_state_from_before() {
    at_each_provider!("failures for good", stack => kit::fails_for_good(&Firms(&stack)).await);
}

#[tokio::test]
async fn a_worker_that_dies_in_any_step_or_undo_leaves_a_job_that_goes_on() {
    at_each_provider!("deaths", stack => kit::dies_in_any_step_or_undo(&Firms(&stack)).await);
}

#[tokio::test]
async fn two_workers_that_die_one_after_the_other_leave_a_job_that_goes_on() {
    at_each_provider!("two deaths", stack => kit::dies_twice(&Firms(&stack)).await);
}

#[tokio::test]
async fn a_worker_that_dies_while_it_waits_for_any_answer_leaves_a_job_that_goes_on() {
    at_each_provider!("deaths while waiting", stack => kit::dies_while_waiting(&Firms(&stack)).await);
}

#[tokio::test]
async fn a_step_or_undo_done_twice_before_its_record_is_as_one_done_once() {
    at_each_provider!("twice before the record", stack => kit::done_twice_before_the_record(&Firms(&stack)).await);
}

#[tokio::test]
async fn a_task_delivered_again_after_the_end_changes_nothing() {
    at_each_provider!("tasks again after the end", stack => kit::repeated_after_the_end(&Firms(&stack)).await);
}

#[tokio::test]
async fn each_task_performed_twice_in_a_row_has_its_effect_once() {
    at_each_provider!("tasks twice in a row", stack => kit::twice_in_a_row(&Firms(&stack)).await);
}
