//! Executions that go on after the process has died.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule_asl::{Execution, Status, TaskFailure};

use crate::support::{Functions, Memory, Stage, deployed, execution, machine, task};

fn input() -> Value {
    json!({ "tenant": "ten_1", "job": "job_1", "attempt": 1, "mode": "do" })
}

/// Fails the first calls with these errors, then answers as the steps of a saga do.
fn stepping(errors: &[&'static str]) -> Functions {
    let errors = errors.to_vec();
    Functions::new(move |call, _| {
        let done = Ok(json!({ "next": "step", "until": null }));
        Some(errors.get(call).map_or(done, |error| Err(TaskFailure::new(*error, "why"))))
    })
}

#[tokio::test]
async fn wherever_the_process_dies_the_rest_is_run_and_at_most_one_task_again() {
    let failing_once = || stepping(&["Retry"]);
    let whole = Stage::new(deployed("mailbox"), failing_once());
    let expected = whole.run(input()).await;
    let saves = whole.journal.saves.lock().unwrap().len();
    for dies_after in 0..saves {
        let mut first = Stage::new(deployed("mailbox"), failing_once());
        first.journal = Memory { fails_from: Some(dies_after), ..Memory::default() };
        first.resume(execution(input())).await.unwrap_err();
        let stored =
            first.journal.saves.lock().unwrap().last().cloned().unwrap_or_else(|| execution(input()));
        let second = Stage::new(deployed("mailbox"), stepping(&[]));
        let ended = second.resume(stored).await.unwrap();
        assert_eq!((ended.status, &ended.output), (expected.status, &expected.output), "{dies_after}");
        let calls = first.functions.count() + second.functions.count();
        assert!((6..=8).contains(&calls), "{calls} calls after dying at save {dies_after}");
        let ids: Vec<_> = first
            .journal
            .events
            .lock()
            .unwrap()
            .iter()
            .chain(&*second.journal.events.lock().unwrap())
            .map(|event| event.id)
            .collect();
        assert!(ids.iter().copied().eq(1..=ended.last_event_id), "{ids:?}");
    }
}

/// The stored execution in its first backoff or wait.
async fn waiting(stage: &Stage) -> Execution {
    stage.run(json!({})).await;
    let saves = stage.journal.saves.lock().unwrap();
    saves
        .iter()
        .find(|save| save.current.as_ref().is_some_and(|current| current.wait_until.is_some()))
        .cloned()
        .unwrap()
}

#[tokio::test]
async fn a_backoff_goes_on_from_where_it_was_and_its_retry_is_counted() {
    let retry = json!([{ "ErrorEquals": ["E"], "MaxAttempts": 1, "IntervalSeconds": 10 }]);
    let states = json!({ "A": task(json!({ "End": true, "Retry": retry })) });
    let stored = waiting(&Stage::new(machine(&states), Functions::failing(&["E"]))).await;
    assert_eq!(stored.current.as_ref().map(|current| current.retries.clone()), Some(vec![1]));
    let second = Stage::new(machine(&states), Functions::failing(&["E"]));
    second.clock.advance(Duration::from_secs(4));
    let ended = second.resume(stored).await.unwrap();
    assert_eq!((ended.status, second.clock.seconds_slept()), (Status::Failed, vec![6]));
    assert_eq!(second.functions.count(), 1);
}

#[tokio::test]
async fn a_wait_that_ended_in_the_meantime_does_not_wait_again() {
    let states = json!({ "A": { "Type": "Wait", "Seconds": 60, "End": true } });
    let stored = waiting(&Stage::new(machine(&states), Functions::well())).await;
    let second = Stage::new(machine(&states), Functions::well());
    second.clock.advance(Duration::from_secs(100));
    assert_eq!(second.resume(stored).await.unwrap().status, Status::Succeeded);
    assert_eq!(second.clock.seconds_slept(), [0]);
    assert_eq!(second.journal.kinds(), ["WaitStateExited", "ExecutionSucceeded"]);
}

#[tokio::test]
async fn an_ended_execution_stays_as_it_is() {
    let stage = Stage::new(machine(&json!({ "A": { "Type": "Succeed" } })), Functions::well());
    let ended = stage.run(json!({})).await;
    let saves = stage.journal.saves.lock().unwrap().len();
    assert_eq!(stage.resume(ended.clone()).await.unwrap(), ended);
    assert_eq!(stage.journal.saves.lock().unwrap().len(), saves);
}

#[tokio::test]
async fn a_state_that_the_definition_no_longer_has_fails_the_execution() {
    let states = json!({ "A": { "Type": "Wait", "Seconds": 60, "End": true } });
    let stored = waiting(&Stage::new(machine(&states), Functions::well())).await;
    let changed = json!({ "A": { "Type": "Pass", "End": true } }).to_string().replace("\"A\"", "\"B\"");
    let json = format!("{{\"StartAt\":\"B\",\"States\":{changed}}}");
    let second = Stage::new(vestibule_asl::Definition::parse("changed", &json).unwrap(), Functions::well());
    assert_eq!(second.resume(stored).await.unwrap().error.as_deref(), Some("States.Runtime"));
}
