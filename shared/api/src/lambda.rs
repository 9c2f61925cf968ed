//! Running a router or an event handler as a Lambda function. The local stack runs the very same
//! service.

use std::{convert::Infallible, future::ready, sync::Arc};

use axum::{Router, body::Body, extract::Request};
use futures::future::Either;
pub use lambda_http::Error;
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

use crate::{
    Origin, Settings,
    function::{EventFunction, HttpFunction, app, handle},
    gateway, logging,
    router::refuse,
};

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

/// The system's clock and randomness.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the real clock enters")]
pub fn world() -> World {
    World::new(jiff::Timestamp::now, |buffer| {
        // A function without randomness must not go on: it would make guessable passwords.
        assert!(aws_lc_rs::rand::fill(buffer).is_ok(), "the system has no randomness");
    })
}

/// Serves HTTP events with the function `F` until the environment ends.
pub async fn serve<F: HttpFunction>() -> Result<(), Error> {
    let settings = settings()?;
    let router = app::<F>(&settings, world()).await?;
    lambda_runtime::run(service_fn(move |event| answer(router.clone(), event))).await
}

/// Serves other events with the function `F` until the environment ends.
pub async fn serve_events<F: EventFunction>() -> Result<(), Error> {
    let settings = settings()?;
    // Boxed: the futures of SDK calls are large, and this happens once.
    let function = Arc::new(Box::pin(F::open(&settings, world())).await?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let function = function.clone();
        async move { handle(&*function, event.payload).await.map_err(Diagnostic::from) }
    }))
    .await
}

fn settings() -> Result<Settings, Error> {
    let settings = Settings::new(std::env::vars())?;
    logging::start(&settings)?;
    Ok(settings)
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

/// The `main` of a function behind the gateway: `vestibule_api::serve_http!(vestibule_hires::Hires);`
#[macro_export]
macro_rules! serve_http {
    ($function:ty) => {
        $crate::main!($crate::lambda::serve::<$function>());
    };
}

/// The `main` of a function that takes events: `vestibule_api::serve_events!(vestibule_provision_sweep::Sweep);`
#[macro_export]
macro_rules! serve_events {
    ($function:ty) => {
        $crate::main!($crate::lambda::serve_events::<$function>());
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! main {
    ($serving:expr) => {
        fn main() -> Result<(), $crate::lambda::Error> {
            $crate::lambda::block_on($serving)
        }
    };
}

/// Runs a function's `main` on one thread: an environment serves one request at a time.
#[doc(hidden)]
pub fn block_on(serving: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serving)
}
