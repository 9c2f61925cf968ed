//! Running, stopping, listing and resuming.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use vestibule_asl::Status;

use super::{Greeter, MACHINE, ended, run, start, states, with_machine};
use crate::support::{cloud, opened};

#[tokio::test]
async fn an_execution_runs_to_its_end_and_shows_its_history() {
    let cloud = with_machine(cloud());
    run(&cloud, Greeter::default());
    let started = states(&cloud, "StartExecution", &start("one", &json!({ "name": "kim" }))).await;
    assert!(started["startDate"].is_f64());
    let execution = ended(&cloud, &started["executionArn"]).await;
    assert_eq!((&execution["status"], &execution["output"]), (&json!("SUCCEEDED"), &json!("{\"call\":1}")));
    assert!(execution["stopDate"].is_f64());
    let query = json!({ "executionArn": started["executionArn"], "maxResults": 2 });
    let first = states(&cloud, "GetExecutionHistory", &query).await;
    assert_eq!(
        (&first["events"][0]["type"], &first["events"][1]["type"]),
        (&json!("ExecutionStarted"), &json!("TaskStateEntered"))
    );
    assert!(first["events"][0]["timestamp"].is_f64());
    let reversed = json!({ "executionArn": started["executionArn"], "reverseOrder": true, "includeExecutionData": false });
    let last = states(&cloud, "GetExecutionHistory", &reversed).await;
    assert_eq!(last["events"][0]["type"], "ExecutionSucceeded");
    assert_eq!(last["events"][0]["executionSucceededEventDetails"].get("output"), None);
    let rest = json!({ "executionArn": started["executionArn"], "nextToken": first["nextToken"] });
    let rest = states(&cloud, "GetExecutionHistory", &rest).await;
    assert_eq!(rest["events"].as_array().unwrap().len() + 2, last["events"].as_array().unwrap().len());
}

#[tokio::test]
async fn stopping_ends_executions_that_run_and_that_wait_for_a_worker() {
    let cloud = with_machine(cloud());
    let waiting = states(&cloud, "StartExecution", &start("waiting", &json!({ "name": "kim" }))).await;
    let stop = |started: &Value| json!({ "executionArn": started["executionArn"], "error": "Cancelled", "cause": "asked for" });
    states(&cloud, "StopExecution", &stop(&waiting)).await;
    let greeter = run(&cloud, Greeter { is_stuck: true, ..Greeter::default() });
    let running = states(&cloud, "StartExecution", &start("running", &json!({ "name": "kim" }))).await;
    while greeter.calls.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    states(&cloud, "StopExecution", &stop(&running)).await;
    for started in [&waiting, &running] {
        let execution = ended(&cloud, &started["executionArn"]).await;
        assert_eq!((&execution["status"], &execution["error"]), (&json!("ABORTED"), &json!("Cancelled")));
        states(&cloud, "StopExecution", &stop(started)).await;
    }
    assert_eq!(greeter.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn executions_and_machines_are_listed() {
    let cloud = with_machine(cloud());
    for name in ["one", "two", "three"] {
        states(&cloud, "StartExecution", &start(name, &json!({ "name": "kim" }))).await;
    }
    let page =
        states(&cloud, "ListExecutions", &json!({ "stateMachineArn": MACHINE, "maxResults": 2 })).await;
    assert_eq!((page["executions"].as_array().unwrap().len(), &page["nextToken"]), (2, &json!("2")));
    let none =
        states(&cloud, "ListExecutions", &json!({ "stateMachineArn": MACHINE, "statusFilter": "FAILED" }))
            .await;
    assert_eq!(none, json!({ "executions": [] }));
    let machines = states(&cloud, "ListStateMachines", &json!({})).await;
    assert_eq!(
        (&machines["stateMachines"][0]["stateMachineArn"], &machines["stateMachines"][0]["type"]),
        (&json!(MACHINE), &json!("STANDARD"))
    );
}

#[test]
fn an_execution_cut_off_in_a_task_goes_on_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let started = first.block_on(async {
        let cloud = with_machine(opened(Some(folder.path())));
        let greeter = run(&cloud, Greeter { is_stuck: true, ..Greeter::default() });
        let started = states(&cloud, "StartExecution", &start("one", &json!({ "name": "kim" }))).await;
        while greeter.calls.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        started
    });
    drop(first);
    runtime().block_on(async {
        let cloud = with_machine(opened(Some(folder.path())));
        assert_eq!(cloud.step_functions().executions().unwrap()[0].status, Status::Running);
        run(&cloud, Greeter::default());
        let execution = ended(&cloud, &started["executionArn"]).await;
        assert_eq!(execution["status"], "SUCCEEDED");
        let arn = started["executionArn"].as_str().unwrap();
        let ids: Vec<_> = cloud.step_functions().history(arn).unwrap().iter().map(|event| event.id).collect();
        assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>(), "no event is lost or doubled");
    });
}
