//! Lambda entry point of `outbox-mail`.

use std::sync::Arc;

use vestibule_api::{Settings, lambda, logging};
use vestibule_outbox_mail::{Outbox, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let settings = Settings::new(std::env::vars())?;
    logging::start(&settings)?;
    let outbox = Arc::new(Outbox::open(&settings, lambda::world()).await?);
    lambda::serve_events(move |event| {
        let outbox = outbox.clone();
        async move { handle(&outbox, event).await }
    })
    .await
}
