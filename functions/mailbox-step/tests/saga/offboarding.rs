//! What the test kit tries with every saga, tried with the offboarding saga; and what each provider has after it.

use jiff::SignedDuration;
use vestibule_domain::{JobStatus, MailboxProvider, Mode};
use vestibule_saga::{Action, Next, ask_to_stop};
use vestibule_saga_kit::{self as kit, Place as _};
use vestibule_sagas::OffboardingStep;
use vestibule_store::JobEvent;

use crate::{
    directory::{Account, PROVIDERS},
    leaving::{Case, Leavers, seen},
    oracle::password,
    stack::Stack,
};

/// The providers at which the long ones are tried: the usual one, or all where `VESTIBULE_PROVIDERS` is `all`.
fn chosen() -> &'static [MailboxProvider] {
    let all = std::env::vars().any(|(name, value)| name == "VESTIBULE_PROVIDERS" && value == "all");
    if all { &PROVIDERS } else { &PROVIDERS[..1] }
}

/// Tries it at each provider with somebody who has the mail, and prints the counts.
macro_rules! at_each_provider {
    ($what:literal, $place:ident => $tried:expr) => {
        at_each_provider!($what, &PROVIDERS, $place => $tried);
    };
    ($what:literal, $providers:expr, $place:ident => $tried:expr) => {
        for &provider in $providers {
            let stack = Stack::start(provider).await;
            let $place = Leavers(&stack, true);
            println!("offboarding: {} at {}: {}", $what, provider.name(), $tried);
        }
    };
}

#[tokio::test]
async fn whatever_goes_wrong_at_an_outside_call_the_leaver_is_gone_or_back_or_named() {
    at_each_provider!("faults", chosen(), place => Box::pin(kit::fails_at_any_call(&place)).await);
}

#[tokio::test]
async fn whatever_goes_wrong_in_an_undo_of_a_leaving_nothing_is_left_unnamed() {
    const WAYS: [(&str, bool); 1] = [("end_sessions", true)];
    at_each_provider!("faults in undos", chosen(), place => Box::pin(kit::fails_in_an_undo(&place, &WAYS)).await);
}

#[tokio::test]
async fn a_step_of_a_leaving_that_fails_for_good_brings_back_the_state_from_before() {
    at_each_provider!("failures for good", place => Box::pin(kit::fails_for_good(&place)).await);
}

#[tokio::test]
async fn a_worker_that_dies_in_any_step_or_undo_of_a_leaving_leaves_a_job_that_goes_on() {
    at_each_provider!("deaths", chosen(), place => Box::pin(kit::dies_in_any_step_or_undo(&place)).await);
}

#[tokio::test]
async fn two_workers_that_die_one_after_the_other_leave_a_leaving_that_goes_on() {
    at_each_provider!("two deaths", chosen(), place => Box::pin(kit::dies_twice(&place)).await);
}

#[tokio::test]
async fn a_worker_that_dies_while_it_waits_for_any_answer_leaves_a_leaving_that_goes_on() {
    at_each_provider!("deaths while waiting", place => Box::pin(kit::dies_while_waiting(&place)).await);
}

#[tokio::test]
async fn a_step_or_undo_of_a_leaving_done_twice_before_its_record_is_as_one_done_once() {
    at_each_provider!("twice before the record", place => Box::pin(kit::done_twice_before_the_record(&place)).await);
}

#[tokio::test]
async fn a_task_of_a_leaving_delivered_again_after_the_end_changes_nothing() {
    at_each_provider!("tasks again after the end", place => Box::pin(kit::repeated_after_the_end(&place)).await);
}

#[tokio::test]
async fn each_task_of_a_leaving_performed_twice_in_a_row_has_its_effect_once() {
    at_each_provider!("tasks twice in a row", place => Box::pin(kit::twice_in_a_row(&place)).await);
}

/// Walks to the wait for the day of the deletion.
async fn until_kept(place: &Leavers<'_>, case: &Case<'_>) {
    for step in OffboardingStep::DEFINITION.steps {
        let todo = (step.name, Action::Do);
        if step.name == "keep" {
            let waiting = kit::perform_step(place, case, &place.saga(), todo).await;
            assert_eq!(waiting, Ok(Next::Parked));
            return;
        }
        assert_eq!(
            kit::perform_through(place, case, &place.saga(), todo).await,
            Ok(Next::Step),
            "{}",
            step.name
        );
    }
}

#[tokio::test]
async fn until_the_day_of_the_deletion_the_leaver_is_shut_out_and_the_other_one_has_the_mail() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let place = Leavers(&stack, true);
        let case = place.leave(30).await;
        let (before, now) = (seen(&case.leaver), place.world().now());
        until_kept(&place, &case).await;
        let leaver = case.find(&case.leaver).unwrap();
        let (left, to) = (seen(&leaver), seen(&case.find(case.to.as_ref().unwrap()).unwrap()));
        match &leaver {
            Account::Google(user) => {
                assert_eq!((left.primary, left.aliases), (("left".to_owned(), false), vec![]));
                assert_eq!(to.aliases, ["jose.obrien"]);
                assert!(user.signed_out_at.unwrap() >= now);
            }
            Account::Microsoft(user) => {
                assert_eq!(
                    (left.primary, left.sent_on_to),
                    (("jose.obrien".to_owned(), false), vec!["kim.lee".to_owned()])
                );
                assert!(user.sessions_valid_from >= now);
            }
            Account::WorkMail(_) => {
                assert_eq!(left.rights, [["FULL_ACCESS"]]);
                assert_eq!(left.primary, before.primary, "there is no switch");
                let mails = stack.cloud.mailer().sent().unwrap();
                let told: Vec<_> = mails.iter().filter_map(password).collect();
                assert!(!told.is_empty() && told.iter().all(|told| !leaver.opens(&stack.cloud, told)));
            }
        }
        let due = case.firm.job(case.work).await.due.unwrap();
        let days = due.duration_since(now);
        assert!(days >= SignedDuration::from_hours(30 * 24), "{provider:?}: {days}");
    }
}

#[tokio::test]
async fn a_leaver_who_is_called_back_on_the_last_day_has_everything_as_before() {
    for provider in PROVIDERS {
        for handed in [true, false] {
            let stack = Stack::start(provider).await;
            let place = Leavers(&stack, handed);
            let case = place.leave(365).await;
            until_kept(&place, &case).await;
            let mut job = case.firm.job(case.work).await;
            stack.move_to(job.due.unwrap() - SignedDuration::from_secs(60));
            assert!(ask_to_stop(&mut job, place.world().now()), "it waits");
            assert_eq!(job.mode, Mode::Undo);
            let event =
                JobEvent { from: Some(JobStatus::Running), action: "job.cancel", ..JobEvent::default() };
            case.firm.store().save_job(&mut job, event, place.world()).await.unwrap();
            for step in OffboardingStep::DEFINITION.steps.iter().rev().filter(|step| step.undo) {
                let undone =
                    kit::perform_through(&place, &case, &place.saga(), (step.name, Action::Undo)).await;
                assert_eq!(undone, Ok(Next::Step), "{provider:?} {}", step.name);
            }
            assert_eq!(case.firm.job(case.work).await.status, JobStatus::Cancelled);
            let found = place.findings(&case).await;
            assert!(found.is_empty(), "{provider:?}: {found:#?}");
        }
    }
}

#[tokio::test]
async fn who_leaves_without_a_successor_is_deleted_and_the_address_rests() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let place = Leavers(&stack, false);
        let (case, began) = (place.leave(1).await, place.world().now());
        kit::run(&place, &case, &place.saga()).await;
        let found = place.findings(&case).await;
        assert!(found.is_empty(), "{provider:?}: {found:#?}");
        let took = place.world().now().duration_since(began);
        let least = SignedDuration::from_hours(24 * (1 + provider.address_rests()));
        assert!(took >= least, "{provider:?}: {took}");
    }
}

#[tokio::test]
async fn what_is_not_as_we_made_it_is_left_alone() {
    let stack = Stack::start(MailboxProvider::Google).await;
    let place = Leavers(&stack, true);
    let case = place.leave(1).await;
    until_kept(&place, &case).await;
    // Somebody took the account into use again.
    case.firm.directory.let_in(&stack.cloud, &case.leaver);
    kit::run(&place, &case, &place.saga()).await;
    let job = case.firm.job(case.work).await;
    let code = job.last_error.as_ref().map(|error| error.code.as_str());
    assert_eq!((job.status, code), (JobStatus::NeedsAttention, Some("mailbox_in_use_again")));
    assert!(case.find(&case.leaver).is_some());
}
