//! Lambda entry point of `esign-webhook`.

use vestibule_api::{Settings, lambda, logging};
use vestibule_esign_webhook::app;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let settings = Settings::new(std::env::vars())?;
    logging::start(&settings)?;
    lambda::serve(app(&settings, lambda::world()).await?).await
}
