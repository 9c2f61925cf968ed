//! Executions that are stopped, run out of time, go in circles, or cannot be stored.

use serde_json::{Value, json};
use vestibule_asl::{Definition, Status, Stopped};

use crate::support::{Functions, Memory, Stage, execution, machine, task};

fn limited(states: &Value) -> Definition {
    Definition::parse("test", &json!({ "StartAt": "A", "TimeoutSeconds": 30, "States": states }).to_string())
        .unwrap()
}

#[tokio::test]
async fn stopping_ends_a_task_that_hangs() {
    let stage =
        Stage::new(machine(&json!({ "A": task(json!({ "End": true })) })), Functions::new(|_, _| None));
    let stopped = Stopped { error: Some("Cancelled".to_owned()), cause: None };
    let (ended, ()) = tokio::join!(stage.run(json!({})), async {
        assert!(stage.abort.clone().stop(stopped.clone()));
        assert!(!stage.abort.stop(Stopped::default()), "the first call counts");
    });
    assert_eq!((ended.status, ended.error.as_deref()), (Status::Aborted, Some("Cancelled")));
    assert!(ended.current.is_none() && ended.stop_date.is_some());
    assert_eq!(stage.journal.kinds().last().map(String::as_str), Some("ExecutionAborted"));
}

#[tokio::test]
async fn stopping_reaches_an_execution_between_states() {
    let states = json!({ "A": { "Type": "Pass", "Next": "B" }, "B": task(json!({ "End": true })) });
    let stage = Stage::new(machine(&states), Functions::well());
    stage.abort.stop(Stopped::default());
    assert_eq!(stage.run(json!({})).await.status, Status::Aborted);
    assert_eq!(stage.functions.count(), 0);
}

#[tokio::test]
async fn the_machines_own_limit_ends_waits_and_tasks_uncaught() {
    let catch = json!([{ "ErrorEquals": ["States.ALL"], "Next": "B" }]);
    let states = json!({
        "A": { "Type": "Wait", "Seconds": 31, "Next": "B" },
        "B": task(json!({ "End": true, "TimeoutSeconds": 600, "Catch": catch })),
    });
    let stage = Stage::new(limited(&states), Functions::well());
    let ended = stage.run(json!({})).await;
    assert_eq!((ended.status, ended.error.as_deref()), (Status::TimedOut, Some("States.Timeout")));
    assert_eq!(stage.functions.count(), 0);
    let hanging =
        Stage::new(limited(&json!({ "A": states["B"], "B": states["B"] })), Functions::new(|_, _| None));
    let ended = hanging.run(json!({})).await;
    assert_eq!((ended.status, hanging.functions.count()), (Status::TimedOut, 1));
    assert_eq!(hanging.journal.kinds().last().map(String::as_str), Some("ExecutionTimedOut"));
}

#[tokio::test]
async fn a_wait_or_backoff_up_to_the_limit_is_too_long_even_in_the_last_state() {
    let retry = json!([{ "ErrorEquals": ["E"], "IntervalSeconds": 30 }]);
    for state in
        [json!({ "Type": "Wait", "Seconds": 30, "End": true }), task(json!({ "End": true, "Retry": retry }))]
    {
        let stage = Stage::new(limited(&json!({ "A": state })), Functions::failing(&["E"]));
        assert_eq!(stage.run(json!({})).await.status, Status::TimedOut, "{state}");
        assert!(stage.functions.count() <= 1);
    }
}

#[tokio::test]
async fn a_machine_that_goes_in_circles_ends() {
    let stage = Stage::new(machine(&json!({ "A": { "Type": "Pass", "Next": "A" } })), Functions::well());
    let ended = stage.run(json!({})).await;
    assert_eq!((ended.status, ended.error.as_deref()), (Status::Failed, Some("States.Runtime")));
    assert!(ended.last_event_id <= 25_001);
}

#[tokio::test]
async fn nothing_is_invoked_that_could_not_be_stored() {
    let mut stage = Stage::new(machine(&json!({ "A": task(json!({ "End": true })) })), Functions::well());
    stage.journal = Memory { fails_from: Some(0), ..Memory::default() };
    let failed = stage.resume(execution(json!({}))).await.unwrap_err();
    assert_eq!(failed.to_string(), "the execution could not be stored");
    assert_eq!(stage.functions.count(), 0);
}
