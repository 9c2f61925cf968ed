//! What a function is: how it opens, and what it does with an invocation. Lambda and the local stack run the very same
//! code: [`crate::serve_http!`] and [`crate::serve_events!`] make a `main` of it.

use std::future::Future;

use axum::Router;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::OpenApi;
use vestibule_domain::World;
use vestibule_store::{Cost, metered};

use crate::{FunctionError, Settings, cors, finish, state::StartError};

/// Operations at their paths, written by [`crate::operations!`].
pub trait Operations: Clone + Send + Sync + 'static {
    /// The operations at their paths.
    fn routes() -> Router<Self>;

    /// The same as an `OpenAPI` document.
    fn openapi() -> OpenApi;
}

/// A function behind the gateway. It is also the state that its operations work with.
pub trait HttpFunction: Operations {
    /// Reads settings, keys and secrets.
    fn open(settings: &Settings, world: World) -> impl Future<Output = Result<Self, StartError>> + Send;

    /// All that it serves.
    fn router(self) -> Router {
        Self::routes().with_state(self)
    }
}

/// The function `F`, ready to serve.
pub async fn app<F: HttpFunction>(settings: &Settings, world: World) -> Result<Router, StartError> {
    // Boxed: the futures of SDK calls are large, and this happens once.
    let function = Box::pin(F::open(settings, world)).await?;
    let router = finish(function.router(), settings.find("SHOW_COST") == Some("true"));
    Ok(cors::allowing(router, settings)?)
}

/// A function that takes events.
pub trait EventFunction: Sized + Send + Sync + 'static {
    /// What it reads of an event.
    type Event: DeserializeOwned + Send;

    /// The name of the error for an event that cannot be read.
    const MALFORMED: &'static str = "Malformed";

    /// Opens the clients that the settings name.
    fn open(settings: &Settings, world: World) -> impl Future<Output = Result<Self, StartError>> + Send;

    /// Does what the event asks. The answer is logged, so it holds no personal data and no secret.
    fn handle(&self, event: Self::Event) -> impl Future<Output = Result<Value, FunctionError>> + Send;
}

/// Reads an event, has it handled, and logs the answer with its cost.
pub async fn handle<F: EventFunction>(function: &F, event: Value) -> Result<Value, FunctionError> {
    let event = serde_json::from_value(event)
        .map_err(|error| FunctionError { name: F::MALFORMED.to_owned(), message: error.to_string() })?;
    // Boxed: the nested futures of a handler are deeper than the compiler likes to lay out.
    let (answer, cost) = metered(Box::pin(function.handle(event))).await;
    let Cost { round_trips, read_units, write_units, .. } = cost;
    let (done, error) = (answer.as_ref().ok().map(tracing::field::display), answer.as_ref().err());
    let error = error.map(tracing::field::display);
    let function = std::any::type_name::<F>().split("::").next();
    tracing::info!(function, done, error, round_trips, read_units, write_units, "event");
    answer
}
