//! The events of one attempt at a task, which AWS names differently for the two ways to invoke a function.

use serde_json::{Value, json};

use crate::{
    TaskFailure,
    definition::Resource,
    event::{Happened, reason, whole},
    failure::TIMEOUT,
};

/// Before the function is invoked.
pub(super) fn begun(
    resource: &Resource,
    region: &str,
    scheduled: &Value,
    timeout: Option<u64>,
) -> [Happened; 2] {
    let mut details = match resource {
        Resource::Invoke => merged(json!({ "region": region, "parameters": scheduled.to_string() })),
        Resource::Function(arn) => {
            json!({ "resource": arn, "input": scheduled.to_string(), "inputDetails": whole() })
        }
    };
    if let Some(seconds) = timeout {
        details["timeoutInSeconds"] = json!(seconds);
    }
    match resource {
        Resource::Invoke => [
            Happened::with("TaskScheduled", "taskScheduledEventDetails", details),
            Happened::with("TaskStarted", "taskStartedEventDetails", merged(json!({}))),
        ],
        Resource::Function(_) => [
            Happened::with("LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails", details),
            Happened::bare("LambdaFunctionStarted"),
        ],
    }
}

/// After its answer, or after waiting for it in vain.
pub(super) fn ended(resource: &Resource, result: &Result<Value, TaskFailure>) -> Happened {
    let details = match result {
        Ok(output) => json!({ "output": output.to_string(), "outputDetails": whole() }),
        Err(failure) => {
            let cause = Some(failure.cause.as_str()).filter(|cause| !cause.is_empty());
            reason(Some(&failure.error), cause)
        }
    };
    let timed_out = matches!(result, Err(failure) if failure.error == TIMEOUT);
    let (kind, key) = match (resource, result.is_ok(), timed_out) {
        (Resource::Invoke, true, _) => ("TaskSucceeded", "taskSucceededEventDetails"),
        (Resource::Invoke, false, false) => ("TaskFailed", "taskFailedEventDetails"),
        (Resource::Invoke, false, true) => ("TaskTimedOut", "taskTimedOutEventDetails"),
        (Resource::Function(_), true, _) => {
            ("LambdaFunctionSucceeded", "lambdaFunctionSucceededEventDetails")
        }
        (Resource::Function(_), false, false) => ("LambdaFunctionFailed", "lambdaFunctionFailedEventDetails"),
        (Resource::Function(_), false, true) => {
            ("LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails")
        }
    };
    let details = if matches!(resource, Resource::Invoke) { merged(details) } else { details };
    Happened::with(kind, key, details)
}

/// Adds what all events of `lambda:invoke` carry.
fn merged(mut details: Value) -> Value {
    details["resourceType"] = json!("lambda");
    details["resource"] = json!("invoke");
    details
}
