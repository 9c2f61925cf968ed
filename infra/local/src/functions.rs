//! The functions by name: the only place that knows which crate serves which.

use std::{future::Future, pin::Pin, sync::Arc};

use utoipa::openapi::OpenApi;
use vestibule_api::{
    EventFunction, HttpFunction, Operations as _, Settings, app, function::handle, state::StartError,
};
use vestibule_domain::World;

use crate::lambda::{Handler, event_handler};

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

type Opened<'a> = Pin<Box<dyn Future<Output = Result<Handler, StartError>> + Send + 'a>>;

macro_rules! functions {
    (http: $($http:literal $router:ty),+; events: $($event:literal $handler:ty),+;) => {
        /// Every function that can be built, by the name the template gives it.
        pub const NAMES: &[&str] = &[$($http),+, $($event),+];

        fn open<'a>(name: &str, settings: &'a Settings, world: World) -> Option<Opened<'a>> {
            Some(match name {
                $($http => Box::pin(http::<$router>(settings, world)),)+
                $($event => Box::pin(events::<$handler>(settings, world)),)+
                _ => return None,
            })
        }

        /// The descriptions of what the functions serve.
        pub fn openapi() -> Vec<OpenApi> {
            vec![$(<$router>::openapi()),+]
        }
    };
}

functions! {
    http:
        "audit" vestibule_audit::Audit,
        "auth" vestibule_auth_function::Auth,
        "session" vestibule_session::Sessions,
        "connections" vestibule_connections::Connections,
        "console" vestibule_console::Console,
        "discovery" vestibule_discovery::Discovery,
        "esign-webhook" vestibule_esign_webhook::Webhook,
        "hires" vestibule_hires::Hires,
        "mailbox-password" vestibule_mailbox_password::MailboxPassword,
        "organizations" vestibule_organizations::Organizations,
        "super-admin" vestibule_super_admin::SuperAdmin,
        "team" vestibule_team::Team,
        "promo" vestibule_promo_function::Promo,
        "provision-account" vestibule_provision_account::Provisioning,
        "provision-run" vestibule_provision_run::Jobs;
    events:
        "dispatcher" vestibule_dispatcher::Dispatcher,
        "audit-signer" vestibule_audit_signer::Signer,
        "email-events" vestibule_email_events::EmailEvents,
        "import-step" vestibule_import_step::Imports,
        "account-step" vestibule_account_step::Accounts,
        "mailbox-step" vestibule_mailbox_step::Tools,
        "outbox-mail" vestibule_outbox_mail::Outbox,
        "provision-sweep" vestibule_provision_sweep::Sweep;
}

/// Builds the function `name` from its settings, as its `main` does on Lambda.
pub async fn build(name: &str, settings: &Settings, world: World) -> Result<Handler, BuildError> {
    let opened = open(name, settings, world).ok_or_else(|| BuildError::Unknown(name.to_owned()))?;
    opened.await.map_err(|error| BuildError::Start(name.to_owned(), error))
}

async fn http<F: HttpFunction>(settings: &Settings, world: World) -> Result<Handler, StartError> {
    Ok(Handler::Http(app::<F>(settings, world).await?))
}

async fn events<F: EventFunction>(settings: &Settings, world: World) -> Result<Handler, StartError> {
    let function = Arc::new(F::open(settings, world).await?);
    Ok(event_handler(move |event| {
        let function = function.clone();
        async move { handle(&*function, event).await }
    }))
}
