//! Lambda entry point of `provision-sweep`.

use std::sync::Arc;

use vestibule_api::{Settings, lambda, logging};
use vestibule_provision_sweep::{Sweep, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let settings = Settings::new(std::env::vars())?;
    logging::start(&settings)?;
    let sweep = Arc::new(Sweep::open(&settings, lambda::world()).await?);
    lambda::serve_events(move |event| {
        let sweep = sweep.clone();
        async move { handle(&sweep, event).await }
    })
    .await
}
