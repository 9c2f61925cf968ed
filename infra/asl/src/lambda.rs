//! The seam to the functions that Task states invoke.

use futures::future::BoxFuture;
use serde_json::Value;

use crate::TaskFailure;

/// Invokes functions, as the Lambda service does.
pub trait Lambda: Send + Sync {
    /// Invokes `function` (name or ARN, as written in the definition) with `payload` and gives its answer.
    /// Handler failures come back under the handler's error type, failures of the service under `Lambda.*`.
    ///
    /// The future is dropped when the task times out or the execution is stopped; an implementation whose function
    /// must go on, as it does on AWS, runs it on a task of its own.
    fn invoke(&self, function: &str, payload: Value) -> BoxFuture<'_, Result<Value, TaskFailure>>;
}
