//! The functions by name: the only place that knows which crate serves which.

use std::sync::Arc;

use vestibule_api::{Settings, state::StartError};
use vestibule_domain::World;

use crate::lambda::{Handler, event_handler};

/// Every function that can be built, by the name the template gives it.
pub const NAMES: [&str; 10] = [
    "auth",
    "discovery",
    "esign-webhook",
    "hires",
    "mailbox-step",
    "dispatcher",
    "outbox-mail",
    "provision-run",
    "provision-sweep",
    "session",
];

/// Why a function of the template cannot run here.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The template names a function that no crate serves.
    #[error("infra/template.yaml has a function `{0}` that no crate under functions/ serves")]
    Unknown(String),
    /// The function refuses its settings.
    #[error("the function `{0}` does not start: {1}")]
    Start(String, StartError),
}

/// Builds the function `name` from its settings, as its `main` does on Lambda.
pub async fn build(name: &str, settings: &Settings, world: World) -> Result<Handler, BuildError> {
    let failed = |error| BuildError::Start(name.to_owned(), error);
    Ok(match name {
        "auth" => Handler::Http(vestibule_auth_function::app(settings, world).await.map_err(failed)?),
        "session" => Handler::Http(vestibule_session::app(settings, world).await.map_err(failed)?),
        "outbox-mail" => {
            let mails = Arc::new(vestibule_outbox_mail::Outbox::open(settings, world).await.map_err(failed)?);
            event_handler(move |event| {
                let mails = mails.clone();
                async move { vestibule_outbox_mail::handle(&mails, event).await }
            })
        }
        "discovery" => Handler::Http(vestibule_discovery::app(settings, world).await.map_err(failed)?),
        "esign-webhook" => {
            Handler::Http(vestibule_esign_webhook::app(settings, world).await.map_err(failed)?)
        }
        "hires" => Handler::Http(vestibule_hires::app(settings, world).await.map_err(failed)?),
        "provision-run" => {
            Handler::Http(vestibule_provision_run::app(settings, world).await.map_err(failed)?)
        }
        "mailbox-step" => {
            let tools = Arc::new(vestibule_mailbox_step::Tools::open(settings, world).await.map_err(failed)?);
            event_handler(move |event| {
                let tools = tools.clone();
                async move { vestibule_mailbox_step::handle(&tools, event).await }
            })
        }
        "dispatcher" => {
            let opened = vestibule_dispatcher::Dispatcher::open(settings, world);
            let dispatcher = Arc::new(opened.map_err(failed)?);
            event_handler(move |event| {
                let dispatcher = dispatcher.clone();
                async move { vestibule_dispatcher::handle(&dispatcher, event).await }
            })
        }
        "provision-sweep" => {
            let sweep =
                Arc::new(vestibule_provision_sweep::Sweep::open(settings, world).await.map_err(failed)?);
            event_handler(move |event| {
                let sweep = sweep.clone();
                async move { vestibule_provision_sweep::handle(&sweep, event).await }
            })
        }
        unknown => return Err(BuildError::Unknown(unknown.to_owned())),
    })
}
