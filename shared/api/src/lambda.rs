//! Running a router or an event handler as a Lambda function. The local stack runs the very same
//! service.

use std::{
    convert::Infallible,
    future::{Future, ready},
    sync::Arc,
};

use axum::{Router, body::Body, extract::Request};
use futures::future::Either;
use lambda_http::{
    Adapter, RequestExt as _,
    aws_lambda_events::apigw::ApiGatewayV2httpRequest,
    request::{LambdaRequest, RequestContext},
};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use mimalloc::MiMalloc;
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use tower::{Service as _, ServiceExt as _};

use vestibule_domain::World;

use crate::{Origin, gateway, router::refuse};

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
    lambda_runtime::run(service_fn(move |event| answer(router.clone(), event))).await
}

/// The answer of `router` to one event of the gateway, as Lambda gives it back. An event that is no request is
/// answered with a 400, whatever is in it.
pub async fn answer(router: Router, event: LambdaEvent<Box<RawValue>>) -> Result<impl Serialize, Infallible> {
    let LambdaEvent { payload, context } = event;
    let (request, mut refused) = match gateway::read(payload.get()) {
        Ok(request) => (request, None),
        Err(refused) => (ApiGatewayV2httpRequest::default(), Some(refused)),
    };
    let id = context.request_id.clone();
    let service = tower::service_fn(move |request: lambda_http::Request| match refused.take() {
        Some(refused) => Either::Left(ready(Ok(refuse(refused, &id)))),
        None => Either::Right(router.clone().oneshot(to_axum(request))),
    });
    let request = LambdaRequest::ApiGatewayV2(request);
    // The adapter must not live across an await: it is not `Send`.
    let answering = Adapter::from(service).call(LambdaEvent::new(request, context));
    answering.await
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

/// The request with its [`Origin`] taken from the gateway's own context.
fn to_axum(mut request: lambda_http::Request) -> Request {
    if let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() {
        let origin = Origin {
            request_id: context.request_id.clone().unwrap_or_default(),
            source_ip: context.http.source_ip.clone(),
            ..Origin::default()
        };
        request.extensions_mut().insert(origin);
    }
    request.map(|body| match body {
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
    })
}
