//! Running a router or an event handler as a Lambda function. The local stack runs the very same
//! service.

use std::{future::Future, sync::Arc};

use axum::{Router, body::Body, extract::Request};
use lambda_http::{RequestExt as _, request::RequestContext};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use mimalloc::MiMalloc;
use serde_json::Value;
use tower::{ServiceBuilder, util::MapRequestLayer};

use vestibule_domain::World;

use crate::Origin;

/// A request makes some thousand small allocations, most of them in the SDK; this one serves them with less work.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A failed invocation: the error name that workflows match on, and a message without personal
/// data or secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct FunctionError {
    /// What `Retry` and `Catch` of a state machine name, such as `Permanent`.
    pub name: String,
    /// A stable code with a few plain words.
    pub message: String,
}

impl From<FunctionError> for Diagnostic {
    fn from(error: FunctionError) -> Self {
        Self { error_type: error.name, error_message: error.message }
    }
}

/// The system's clock and randomness, for `main` to hand on.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the real clock enters")]
pub fn world() -> World {
    World::new(jiff::Timestamp::now, |buffer| {
        // A function without randomness must not go on: it would make guessable passwords.
        assert!(aws_lc_rs::rand::fill(buffer).is_ok(), "the system has no randomness");
    })
}

/// Serves HTTP events with `router` until the environment ends.
pub async fn serve(router: Router) -> Result<(), lambda_http::Error> {
    lambda_http::run(with_origin(router)).await
}

/// Serves other events with `handler` until the environment ends.
pub async fn serve_events<H, F>(handler: H) -> Result<(), lambda_http::Error>
where
    H: Fn(Value) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Value, FunctionError>> + Send,
{
    let handler = Arc::new(handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handler = handler.clone();
        async move { handler(event.payload).await.map_err(Diagnostic::from) }
    }))
    .await
}

/// The router with each request's [`Origin`] taken from the gateway's own context.
pub fn with_origin(
    router: Router,
) -> impl tower::Service<
    lambda_http::Request,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future = impl Future<Output = Result<axum::response::Response, std::convert::Infallible>> + Send,
> + Clone
+ Send {
    ServiceBuilder::new().layer(MapRequestLayer::new(to_axum)).service(router)
}

fn to_axum(mut request: lambda_http::Request) -> Request {
    if let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() {
        let origin = Origin {
            request_id: context.request_id.clone().unwrap_or_default(),
            source_ip: context.http.source_ip.clone(),
            user_agent: None,
        };
        request.extensions_mut().insert(origin);
    }
    request.map(|body| match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    })
}
