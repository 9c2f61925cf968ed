//! The two kinds of function: an HTTP router behind the gateway's payloads, and a handler of JSON.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use futures::future::BoxFuture;
use lambda_http::{Context, LambdaEvent};
use serde_json::Value;
use serde_json::value::RawValue;
use vestibule_api::FunctionError;
use vestibule_api::lambda::answer;

/// Takes the event, gives the answer.
pub type EventHandler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, FunctionError>> + Send + Sync>;

/// What a function does with an invocation.
#[derive(Clone)]
pub enum Handler {
    /// HTTP API events go through `lambda_http` to the router, as they do on AWS.
    Http(Router),
    /// The event as it is.
    Event(EventHandler),
}

/// Wraps an async function as an [`EventHandler`].
pub fn event_handler<H, F>(handler: H) -> Handler
where
    H: Fn(Value) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Value, FunctionError>> + Send + 'static,
{
    Handler::Event(Arc::new(move |event| Box::pin(handler(event))))
}

impl Handler {
    pub(super) async fn call(self, payload: String, context: Context) -> Result<Value, FunctionError> {
        match self {
            Self::Http(router) => http(router, payload, context).await,
            Self::Event(handler) => {
                let event = serde_json::from_str(&payload).map_err(|error| unreadable(&error))?;
                handler(event).await
            }
        }
    }
}

async fn http(router: Router, payload: String, context: Context) -> Result<Value, FunctionError> {
    let event = RawValue::from_string(payload).map_err(|error| unreadable(&error))?;
    let answer = answer(router, LambdaEvent::new(event, context)).await;
    let answer = answer.unwrap_or_else(|never: Infallible| match never {});
    serde_json::to_value(answer).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> FunctionError {
    FunctionError { name: "Runtime.UnmarshalError".to_owned(), message: error.to_string() }
}
