//! Functions as the Task states of workflows call them.

use futures::future::BoxFuture;
use serde_json::{Value, json};
use vestibule_asl::{Lambda, TaskFailure};

use super::invocation::{CRASHED, TIMED_OUT};
use super::{Functions, InvokeError};

impl Lambda for Functions {
    fn invoke(&self, function: &str, payload: Value) -> BoxFuture<'_, Result<Value, TaskFailure>> {
        let function = function.to_owned();
        Box::pin(async move { Functions::invoke(self, &function, payload).await.map_err(failure) })
    }
}

fn failure(error: InvokeError) -> TaskFailure {
    match error {
        InvokeError::NotFound(_) => TaskFailure::new("Lambda.ResourceNotFoundException", error.to_string()),
        InvokeError::TooLarge { .. } => TaskFailure::new("States.DataLimitExceeded", error.to_string()),
        // A sandbox that ends without an answer has no error type of its own.
        InvokeError::Function(error) if error.name == TIMED_OUT || error.name == CRASHED => {
            TaskFailure::new("Lambda.Unknown", error.message)
        }
        InvokeError::Function(error) => {
            TaskFailure::of_function(&json!({ "errorType": error.name, "errorMessage": error.message }))
        }
    }
}
