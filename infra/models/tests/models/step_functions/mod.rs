//! Executions over the wire, and over the end of the process.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use futures::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use vestibule_asl::{Definition, Lambda, RealPace, TaskFailure};
use vestibule_models::Cloud;

use crate::support::{ok, refused};

pub(super) const MACHINE: &str = "arn:aws:states:eu-west-1:000000000000:stateMachine:greet";

/// Answers each call with its number, or never.
#[derive(Default)]
pub(super) struct Greeter {
    pub(super) calls: AtomicU32,
    pub(super) is_stuck: bool,
}

impl Lambda for Greeter {
    fn invoke(&self, _function: &str, _payload: Value) -> BoxFuture<'_, Result<Value, TaskFailure>> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if self.is_stuck {
            std::future::pending().boxed()
        } else {
            async move { Ok(json!({ "call": call })) }.boxed()
        }
    }
}

pub(super) fn with_machine(cloud: Cloud) -> Cloud {
    let machine = json!({ "StartAt": "Greet", "States": { "Greet": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": { "FunctionName": "greeter", "Payload": { "name.$": "$.name" } }, "OutputPath": "$.Payload", "End": true } } });
    cloud
        .step_functions()
        .add_state_machine("greet", Definition::parse("greet.asl.json", &machine.to_string()).unwrap());
    cloud
}

pub(super) fn run(cloud: &Cloud, greeter: Greeter) -> Arc<Greeter> {
    let greeter = Arc::new(greeter);
    cloud.step_functions().start(greeter.clone(), Arc::new(RealPace { scale: 0.001 })).unwrap();
    greeter
}

pub(super) fn start(name: &str, input: &Value) -> Value {
    json!({ "stateMachineArn": MACHINE, "name": name, "input": input.to_string() })
}

pub(super) async fn states(cloud: &Cloud, operation: &str, body: &Value) -> Value {
    ok(cloud, &format!("AWSStepFunctions.{operation}"), body).await
}

pub(super) async fn error(cloud: &Cloud, operation: &str, body: &Value) -> String {
    refused(cloud, &format!("AWSStepFunctions.{operation}"), body).await
}

pub(super) async fn ended(cloud: &Cloud, arn: &Value) -> Value {
    loop {
        let execution = states(cloud, "DescribeExecution", &json!({ "executionArn": arn })).await;
        if execution["status"] != "RUNNING" {
            return execution;
        }
        tokio::task::yield_now().await;
    }
}

mod running;
mod starting;
