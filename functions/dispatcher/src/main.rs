//! Lambda entry point of `dispatcher`.

use std::sync::Arc;

use vestibule_api::{Settings, lambda, logging};
use vestibule_dispatcher::{Dispatcher, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let settings = Settings::new(std::env::vars())?;
    logging::start(&settings)?;
    let dispatcher = Arc::new(Dispatcher::open(&settings, lambda::world())?);
    lambda::serve_events(move |event| {
        let dispatcher = dispatcher.clone();
        async move { handle(&dispatcher, event).await }
    })
    .await
}
