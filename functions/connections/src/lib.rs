//! What a business connects by itself: the provider of its mailboxes, and the endpoints of its e-sign vendors. What is secret goes to
//! Secrets Manager and is never shown again.

pub mod endpoints;
pub mod mailboxes;
mod vault;

use std::sync::Arc;

use axum::extract::FromRef;
use vestibule_adapters::secrets::Secrets;
use vestibule_api::{Api, HttpFunction, Settings, limiting::limits, mailboxes::Providers, state::StartError};
use vestibule_domain::World;
use vestibule_store::Limits;

use endpoints::{add_key, create_endpoint, get_endpoint, list_deliveries, list_endpoints, remove_endpoint};
use mailboxes::{check_connection, connect_mailboxes, get_connection};

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Connections {
    /// The shared part.
    pub api: Api,
    /// How often a connection may be tried in a minute.
    pub limits: Limits,
    /// Opens providers of mailboxes.
    pub providers: Providers,
    /// Where secrets go.
    pub secrets: Arc<Secrets>,
    /// The site's address, with which the address of an endpoint begins.
    #[from_ref(skip)]
    pub site: Arc<str>,
    /// What stands before an endpoint's id in the name of its secret.
    #[from_ref(skip)]
    pub esign_prefix: Arc<str>,
}

vestibule_api::operations! {
    Connections:
        get_connection::get_connection,
        connect_mailboxes::connect_mailboxes,
        check_connection::check_connection,
        list_endpoints::list_esign_endpoints,
        create_endpoint::create_esign_endpoint,
        get_endpoint::get_esign_endpoint,
        remove_endpoint::remove_esign_endpoint,
        add_key::add_esign_key,
        list_deliveries::list_esign_deliveries,
}

impl HttpFunction for Connections {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        Ok(Self {
            limits: limits(settings)?,
            providers: Providers::open(settings)?,
            secrets: settings.secrets()?,
            site: settings.site()?.trim_end_matches('/').into(),
            esign_prefix: settings.get("ESIGN_SECRET_PREFIX")?.into(),
            api: Api::open(settings, world).await?,
        })
    }
}
