//! Lambda entry point of `mailbox-step`.

use std::sync::Arc;

use vestibule_api::{Settings, lambda, logging};
use vestibule_mailbox_step::{Tools, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let settings = Settings::new(std::env::vars())?;
    logging::start(&settings)?;
    let tools = Arc::new(Tools::open(&settings, vestibule_api::lambda::world()).await?);
    lambda::serve_events(move |event| {
        let tools = tools.clone();
        async move { handle(&tools, event).await }
    })
    .await
}
