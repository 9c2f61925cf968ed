//! The machines that deploy: the clean path, the way back from every step, and the way only forward.

use serde_json::{Value, json};
use vestibule_asl::{Status, TaskFailure};

use crate::support::{Functions, Stage, deployed, start};

fn input(mode: &str) -> Value {
    json!({ "tenant": "ten_1", "job": "job_1", "attempt": 1, "mode": mode })
}

/// Runs with functions that fail `step` (`"<step> <action>"`) with `error`, always or once.
async fn run(
    machine: &str,
    mode: &str,
    faults: &[(&str, &str, bool)],
) -> (vestibule_asl::Execution, Vec<String>) {
    let faults: Vec<_> =
        faults.iter().map(|(step, error, once)| ((*step).to_owned(), (*error).to_owned(), *once)).collect();
    let struck = std::sync::Mutex::new(Vec::new());
    let functions =
        Functions::new(move |_, payload| {
            let step = name(payload);
            let mut struck = struck.lock().unwrap();
            let fault = faults.iter().find(|(at, _, once)| *at == step && !(*once && struck.contains(at)));
            struck.push(step);
            Some(fault.map_or(
                Ok(json!({ "next": "step", "until": null, "secret": "never kept" })),
                |(_, error, _)| Err(TaskFailure::new(error, "why")),
            ))
        });
    let stage = Stage::new(deployed(machine), functions);
    let ended = stage.run(input(mode)).await;
    let calls = stage.functions.calls.lock().unwrap();
    let steps = calls.iter().map(|(function, payload)| {
        assert_eq!(function, "mailbox-step");
        assert_eq!((&payload["saga"], &payload["tenant"]), (&json!(machine), &json!("ten_1")));
        name(payload)
    });
    (ended, steps.collect())
}

fn name(payload: &Value) -> String {
    format!("{} {}", payload["step"].as_str().unwrap(), payload["action"].as_str().unwrap())
}

const STEPS: [&str; 5] = ["claim", "reserve_address", "create_user", "enable_mailbox", "issue_password"];

fn back_from(at: usize) -> Vec<String> {
    STEPS[..=at].iter().rev().map(|step| format!("{step} undo")).collect()
}

fn there(to: usize) -> Vec<String> {
    STEPS[..to].iter().map(|step| format!("{step} do")).collect()
}

#[tokio::test]
async fn the_clean_path_takes_every_step_once_and_keeps_nothing_of_the_answers() {
    let (ended, steps) = run("mailbox", "do", &[]).await;
    assert_eq!(ended.status, Status::Succeeded);
    // Of an answer only what a step asks for is kept, and only of a step that may ask.
    let mut expected = input("do");
    expected["outcome"] = json!({ "next": "step", "until": null });
    assert_eq!(ended.output, Some(expected));
    assert_eq!(steps, [there(5), vec!["finish do".to_owned()]].concat());
    let (ended, steps) = run("credentials", "do", &[]).await;
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(steps, ["claim do", "issue_password do", "finish do"]);
}

#[tokio::test]
async fn a_step_that_fails_for_good_is_undone_first_and_then_all_before_it() {
    for (at, step) in STEPS.iter().enumerate() {
        let (ended, steps) = run("mailbox", "do", &[(&format!("{step} do"), "Permanent", false)]).await;
        assert_eq!((ended.status, ended.error.as_deref()), (Status::Failed, Some("JobFailed")), "{step}");
        assert_eq!(steps, [there(at + 1), back_from(at)].concat(), "{step}");
    }
}

#[tokio::test]
async fn a_step_that_asks_for_patience_is_tried_nine_times() {
    let (ended, steps) = run("mailbox", "do", &[("create_user do", "Retry", false)]).await;
    assert_eq!(ended.error.as_deref(), Some("JobFailed"));
    assert_eq!(steps.iter().filter(|step| *step == "create_user do").count(), 9);
    let (ended, steps) = run("mailbox", "do", &[("create_user do", "Lambda.Unknown", true)]).await;
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(steps.iter().filter(|step| *step == "create_user do").count(), 2);
}

#[tokio::test]
async fn a_taken_address_leads_to_the_next_one() {
    let (ended, steps) = run("mailbox", "do", &[("create_user do", "Rejected", true)]).await;
    assert_eq!(ended.status, Status::Succeeded);
    let again =
        ["reserve_address do", "create_user do", "enable_mailbox do", "issue_password do", "finish do"];
    assert_eq!(steps, [&there(3)[..], &again.map(str::to_owned)].concat());
    let (ended, steps) = run("mailbox", "do", &[("enable_mailbox do", "Rejected", true)]).await;
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(
        steps,
        [there(4), vec!["create_user discard".to_owned()], again.map(str::to_owned).to_vec()].concat()
    );
}

#[tokio::test]
async fn a_leaving_goes_back_up_to_the_deletion_and_only_forward_behind_it() {
    const BEFORE: [&str; 6] =
        ["claim", "hand_over", "block_sign_in", "end_sessions", "keep", "delete_mailbox"];
    let named = |steps: &[&str], action: &str| -> Vec<String> {
        steps.iter().map(|step| format!("{step} {action}")).collect()
    };
    let back: Vec<_> = BEFORE.iter().rev().copied().collect();
    let (ended, steps) = run("offboarding", "do", &[]).await;
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(steps, [named(&BEFORE, "do"), named(&["release_address"], "do")].concat());
    let (ended, steps) = run("offboarding", "undo", &[]).await;
    assert_eq!((ended.error.as_deref(), steps), (Some("JobFailed"), named(&back, "undo")));
    let (ended, steps) = run("offboarding", "do", &[("keep do", "Permanent", false)]).await;
    assert_eq!(ended.error.as_deref(), Some("JobFailed"));
    assert_eq!(steps, [named(&BEFORE[..5], "do"), named(&back[1..], "undo")].concat());
    let (ended, steps) = run("offboarding", "do", &[("release_address do", "Permanent", false)]).await;
    assert_eq!(ended.error.as_deref(), Some("NeedsAttention"));
    assert_eq!(steps.last().map(String::as_str), Some("needs_attention do"));
}

#[tokio::test]
async fn cancelling_only_undoes() {
    let (ended, steps) = run("mailbox", "undo", &[]).await;
    assert_eq!((ended.error.as_deref(), steps), (Some("JobFailed"), back_from(4)));
    let (ended, steps) = run("credentials", "undo", &[]).await;
    assert_eq!(ended.error.as_deref(), Some("JobFailed"));
    assert_eq!(steps, ["issue_password undo", "claim undo"]);
}

#[tokio::test]
async fn credentials_that_cannot_be_issued_are_taken_back() {
    let (ended, steps) = run("credentials", "do", &[("issue_password do", "Permanent", false)]).await;
    assert_eq!(ended.error.as_deref(), Some("JobFailed"));
    assert_eq!(steps, ["claim do", "issue_password do", "issue_password undo", "claim undo"]);
    let (ended, steps) = run("credentials", "do", &[("claim do", "Permanent", false)]).await;
    assert_eq!(ended.error.as_deref(), Some("JobFailed"));
    assert_eq!(steps, ["claim do", "claim undo"]);
}

#[tokio::test]
async fn what_cannot_be_undone_or_finished_is_shown() {
    let undoing = STEPS.map(|step| ("mailbox", "undo", vec![(format!("{step} undo"), "Permanent")]));
    let taken = [("enable_mailbox do", "Rejected"), ("create_user discard", "Permanent")];
    let others = [
        ("credentials", "undo", vec![("issue_password undo".to_owned(), "Permanent")]),
        ("credentials", "undo", vec![("claim undo".to_owned(), "Permanent")]),
        ("credentials", "do", vec![("finish do".to_owned(), "Permanent")]),
        ("mailbox", "do", vec![("finish do".to_owned(), "Permanent")]),
        ("mailbox", "do", taken.map(|(step, error)| (step.to_owned(), error)).to_vec()),
    ];
    for (machine, mode, faults) in undoing.into_iter().chain(others) {
        let always: Vec<_> = faults.iter().map(|(step, error)| (step.as_str(), *error, false)).collect();
        let (ended, steps) = run(machine, mode, &always).await;
        assert_eq!(ended.error.as_deref(), Some("NeedsAttention"), "{faults:?}");
        let last = always.last().map(|(step, ..)| *step);
        assert_eq!(steps[steps.len() - 2..], [last.unwrap(), "needs_attention do"], "{faults:?}");
    }
}

#[test]
fn every_task_discards_its_answer_but_for_what_it_asks_and_has_a_limit() {
    for name in ["mailbox", "credentials", "offboarding"] {
        let definition = deployed(name);
        let tasks = definition.states().filter(|(_, kind)| *kind == "Task").map(|(state, _)| state);
        for state in tasks {
            let task = &definition.source()["States"][state];
            let asked = json!({ "next.$": "$.Payload.next", "until.$": "$.Payload.until" });
            let kept = (task.get("ResultPath"), task.get("ResultSelector"));
            let nothing = (Some(&Value::Null), None);
            assert!(kept == nothing || kept == (Some(&json!("$.outcome")), Some(&asked)), "{name} {state}");
            assert_eq!(task["TimeoutSeconds"], 60, "{name} {state}");
            assert_eq!(task["Retry"], definition.source()["States"]["Claim"]["Retry"], "{name} {state}");
        }
    }
}

#[tokio::test]
async fn a_step_that_asks_is_called_again_at_once_or_in_time_or_by_another_run() {
    let until = start().checked_add(jiff::SignedDuration::from_mins(10)).unwrap().to_string();
    for (asked, expected) in [("park", 2), ("again", 6 + 3), ("wait", 6 + 3)] {
        let until = until.clone();
        let calls = std::sync::atomic::AtomicUsize::new(0);
        let functions = Functions::new(move |_, payload| {
            let asks = payload["step"] == "reserve_address"
                && calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 3;
            let next = if asks { asked } else { "step" };
            Some(Ok(json!({ "next": next, "until": until })))
        });
        let stage = Stage::new(deployed("mailbox"), functions);
        let ended = stage.run(input("do")).await;
        assert_eq!((ended.status, stage.functions.count()), (Status::Succeeded, expected), "{asked}");
    }
}
