//! One run of a function in its sandbox: the timeout of the template, crashes, the answer's size.

use lambda_http::Context;
use serde_json::Value;
use tokio::sync::watch;
use vestibule_api::FunctionError;

use super::{Handler, SYNCHRONOUS_LIMIT};
use crate::random;
use crate::template::Function;

pub(super) const TIMED_OUT: &str = "Sandbox.Timedout";
pub(super) const CRASHED: &str = "Runtime.ExitError";

/// A function with its handler.
pub(super) struct Hosted {
    pub(super) function: Function,
    pub(super) handler: Handler,
}

impl Hosted {
    pub(super) async fn invoke(
        &self,
        payload: String,
        frozen: watch::Receiver<bool>,
    ) -> Result<Value, FunctionError> {
        let request_id = random::request_id();
        let mut context = Context::default();
        context.request_id.clone_from(&request_id);
        context.invoked_function_arn.clone_from(&self.function.arn);
        let timeout = self.function.timeout;
        let mut run = tokio::spawn(self.handler.clone().call(payload, context));
        // A task of its own: the sandbox and its timeout go on when the caller stops waiting.
        let watched = tokio::spawn(async move {
            tokio::select! {
                biased;
                () = until(frozen) => {
                    run.abort();
                    std::future::pending().await
                }
                outcome = &mut run => outcome.unwrap_or_else(|crash| {
                    Err(failure(CRASHED, &request_id, &crashed(&crash)))
                }),
                () = tokio::time::sleep(timeout) => {
                    run.abort();
                    let text = format!("Task timed out after {:.2} seconds", timeout.as_secs_f64());
                    Err(failure(TIMED_OUT, &request_id, &text))
                }
            }
        });
        let answer = watched.await.map_err(|crash| failure(CRASHED, "-", &crashed(&crash)))??;
        match answer.to_string().len() {
            0..=SYNCHRONOUS_LIMIT => Ok(answer),
            size => Err(FunctionError {
                name: "Function.ResponseSizeTooLarge".to_owned(),
                message: format!(
                    "Response payload size ({size} bytes) exceeded maximum allowed payload size (6291556 bytes)."
                ),
            }),
        }
    }
}

async fn until(mut frozen: watch::Receiver<bool>) {
    if frozen.wait_for(|frozen| *frozen).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn failure(name: &str, request_id: &str, text: &str) -> FunctionError {
    FunctionError { name: name.to_owned(), message: format!("RequestId: {request_id} Error: {text}") }
}

/// The message of a panic stays out: it may quote data.
fn crashed(error: &tokio::task::JoinError) -> String {
    let status = if error.is_panic() { "exit status 101" } else { "signal: killed" };
    format!("Runtime exited with error: {status}")
}
