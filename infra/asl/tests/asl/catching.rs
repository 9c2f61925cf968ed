//! Errors: Retry with its counters, Catch with its places, and what neither may touch.

use serde_json::{Value, json};
use vestibule_asl::{Status, TaskFailure};

use crate::support::{Functions, Stage, machine, task};

fn stage(fields: Value, functions: Functions) -> Stage {
    let states = json!({
        "A": task(fields),
        "Caught": { "Type": "Pass", "End": true },
        "Other": { "Type": "Pass", "Result": "other", "End": true },
    });
    Stage::new(machine(&states), functions)
}

#[tokio::test]
async fn each_retrier_counts_for_itself() {
    let retry = json!([
        { "ErrorEquals": ["One"], "MaxAttempts": 2, "IntervalSeconds": 1 },
        { "ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 10 },
    ]);
    for (errors, calls, error) in [
        (&["One", "Two", "One"][..], 4, None),
        (&["One", "One", "One"], 3, Some("One")),
        (&["Two", "One", "Two"], 3, Some("Two")),
    ] {
        let stage = stage(json!({ "End": true, "Retry": retry }), Functions::failing(errors));
        let ended = stage.run(json!({})).await;
        assert_eq!((stage.functions.count(), ended.error.as_deref()), (calls, error), "{errors:?}");
    }
}

#[tokio::test]
async fn the_first_matching_retrier_decides_even_when_it_is_used_up() {
    let retry = json!([
        { "ErrorEquals": ["One"], "MaxAttempts": 0 },
        { "ErrorEquals": ["States.ALL"], "MaxAttempts": 5 },
    ]);
    let stage = stage(json!({ "End": true, "Retry": retry }), Functions::failing(&["One"]));
    assert_eq!(stage.run(json!({})).await.error.as_deref(), Some("One"));
    assert_eq!(stage.functions.count(), 1);
}

#[tokio::test]
async fn backoff_grows_up_to_its_limit_with_and_without_jitter() {
    for (jitter, expected) in [("NONE", [2, 6, 10]), ("FULL", [1, 3, 5])] {
        let retry = json!([{
            "ErrorEquals": ["E"], "IntervalSeconds": 2, "BackoffRate": 3.0, "MaxDelaySeconds": 10,
            "MaxAttempts": 3, "JitterStrategy": jitter,
        }]);
        let stage = stage(json!({ "End": true, "Retry": retry }), Functions::failing(&["E"; 3]));
        assert_eq!(stage.run(json!({})).await.status, Status::Succeeded);
        assert_eq!(stage.clock.seconds_slept(), expected);
    }
}

#[tokio::test]
async fn the_first_matching_catcher_takes_the_error_to_its_place() {
    let error = json!({ "Error": "E", "Cause": "why" });
    for (catcher, expected) in [
        (json!({ "Next": "Caught" }), error.clone()),
        (json!({ "Next": "Caught", "ResultPath": "$.x" }), json!({ "a": 1, "x": error })),
        (json!({ "Next": "Caught", "ResultPath": null }), json!({ "a": 1 })),
        (json!({ "Next": "Other" }), json!("other")),
    ] {
        let mut catcher = catcher;
        catcher["ErrorEquals"] = json!(["Unused", "E"]);
        let catch = json!([{ "ErrorEquals": ["F"], "Next": "Other" }, catcher, { "ErrorEquals": ["States.ALL"], "Next": "Other" }]);
        let stage =
            stage(json!({ "End": true, "InputPath": "$.a", "Catch": catch }), Functions::failing(&["E"]));
        assert_eq!(stage.run(json!({ "a": 1 })).await.output, Some(expected), "{catch}");
    }
}

#[tokio::test]
async fn retries_come_before_catchers_and_start_anew_on_every_visit() {
    let states = json!({
        "A": task(json!({
            "End": true,
            "Retry": [{ "ErrorEquals": ["E"], "MaxAttempts": 1 }],
            "Catch": [{ "ErrorEquals": ["E"], "Next": "A", "ResultPath": null }],
        })),
    });
    let stage = Stage::new(machine(&states), Functions::failing(&["E"; 3]));
    assert_eq!(stage.run(json!({})).await.status, Status::Succeeded);
    assert_eq!(stage.functions.count(), 4);
    assert_eq!(stage.journal.entered(), ["A", "A"]);
}

#[tokio::test]
async fn nothing_catches_a_runtime_error() {
    let catch = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Caught" }]);
    let stage = stage(json!({ "End": true, "InputPath": "$.absent", "Catch": catch }), Functions::well());
    let ended = stage.run(json!({})).await;
    assert_eq!((ended.status, ended.error.as_deref()), (Status::Failed, Some("States.Runtime")));
    assert!(ended.cause.unwrap().contains("'A'"));
    assert_eq!(stage.functions.count(), 0);
}

#[tokio::test]
async fn only_its_own_name_catches_a_result_that_is_too_large() {
    for (name, status) in [
        ("States.ALL", Status::Failed),
        ("States.TaskFailed", Status::Failed),
        ("States.DataLimitExceeded", Status::Succeeded),
    ] {
        let catch = json!([{ "ErrorEquals": [name], "Next": "Caught" }]);
        let functions = Functions::new(|_, _| Some(Ok(json!("x".repeat(262_144)))));
        let ended =
            stage(json!({ "End": true, "ResultPath": null, "Catch": catch }), functions).run(json!({})).await;
        assert_eq!(ended.status, status, "{name}");
    }
}

#[tokio::test]
async fn an_output_that_only_grew_too_large_together_is_too_large() {
    let half = "x".repeat(140_000);
    let stage = stage(json!({ "End": true, "ResultPath": "$.r", "Parameters": { "FunctionName": "f" } }), {
        let half = half.clone();
        Functions::new(move |_, _| Some(Ok(json!(half))))
    });
    assert_eq!(stage.run(json!({ "a": half })).await.error.as_deref(), Some("States.DataLimitExceeded"));
}

#[tokio::test]
async fn a_result_without_a_place_can_be_caught() {
    let catch =
        json!([{ "ErrorEquals": ["States.ResultPathMatchFailure"], "Next": "Caught", "ResultPath": null }]);
    let stage = stage(json!({ "End": true, "ResultPath": "$.a.b", "Catch": catch }), Functions::well());
    assert_eq!(stage.run(json!({ "a": 1 })).await.output, Some(json!({ "a": 1 })));
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_a_timeout_for_retry_and_catch() {
    let retry = json!([{ "ErrorEquals": ["States.Timeout"], "MaxAttempts": 1 }]);
    let catch = json!([{ "ErrorEquals": ["States.TaskFailed"], "Next": "Other" }, { "ErrorEquals": ["States.ALL"], "Next": "Caught" }]);
    let functions = Functions::new(|_, _| None);
    let stage =
        stage(json!({ "End": true, "TimeoutSecondsPath": "$.t", "Retry": retry, "Catch": catch }), functions);
    let ended = stage.run(json!({ "t": 60 })).await;
    assert_eq!(ended.output, Some(json!({ "Error": "States.Timeout", "Cause": "" })));
    assert_eq!(stage.functions.count(), 2);
    assert!(stage.journal.kinds().contains(&"TaskTimedOut".to_owned()));
}

#[test]
fn a_handlers_failure_keeps_its_type_and_its_answer() {
    let answer = json!({ "errorType": "Retry", "errorMessage": "later" });
    assert_eq!(TaskFailure::of_function(&answer), TaskFailure::new("Retry", answer.to_string()));
    assert_eq!(TaskFailure::of_function(&json!("gone")).error, "Lambda.Unknown");
}
