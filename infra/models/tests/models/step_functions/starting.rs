//! What `StartExecution` takes and refuses.

use std::sync::atomic::Ordering;

use serde_json::json;

use super::{Greeter, MACHINE, ended, error, run, start, states, with_machine};
use crate::support::cloud;

#[tokio::test]
async fn a_name_is_idempotent_while_it_runs_with_the_same_input_only() {
    let cloud = with_machine(cloud());
    let input = json!({ "name": "kim" });
    let first = states(&cloud, "StartExecution", &start("one", &input)).await;
    assert_eq!(states(&cloud, "StartExecution", &start("one", &input)).await, first);
    let other = start("one", &json!({ "name": "lee" }));
    assert_eq!(error(&cloud, "StartExecution", &other).await, "ExecutionAlreadyExists");
    let greeter = run(&cloud, Greeter::default());
    ended(&cloud, &first["executionArn"]).await;
    assert_eq!(error(&cloud, "StartExecution", &start("one", &input)).await, "ExecutionAlreadyExists");
    assert_eq!(greeter.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn names_inputs_and_arns_are_checked() {
    let cloud = with_machine(cloud());
    for name in ["", "a b", "a/b", "a*", &"a".repeat(81)] {
        assert_eq!(error(&cloud, "StartExecution", &start(name, &json!({}))).await, "InvalidName", "{name}");
    }
    let broken = json!({ "stateMachineArn": MACHINE, "input": "{" });
    assert_eq!(error(&cloud, "StartExecution", &broken).await, "InvalidExecutionInput");
    let large = start("one", &json!("x".repeat(262_143)));
    assert_eq!(error(&cloud, "StartExecution", &large).await, "ValidationException");
    let nowhere = json!({ "stateMachineArn": MACHINE.replace("greet", "other") });
    assert_eq!(error(&cloud, "StartExecution", &nowhere).await, "StateMachineDoesNotExist");
    assert_eq!(error(&cloud, "StartExecution", &json!({ "stateMachineArn": "greet" })).await, "InvalidArn");
    let missing = json!({ "executionArn": "arn:aws:states:eu-west-1:000000000000:execution:greet:none" });
    assert_eq!(error(&cloud, "DescribeExecution", &missing).await, "ExecutionDoesNotExist");
}
