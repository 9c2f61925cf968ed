//! Document events from e-sign providers. The signature is checked over the raw bytes before
//! anything is parsed; then it is read leniently, and recorded strictly: on the documents that it names, for its
//! envelope. The last signature makes one job. What fits no document waits for staff.

pub mod receive_event;
mod record;

use std::sync::Arc;

use axum::extract::FromRef;
use vestibule_adapters::{esign::Vendor, secrets::Secrets};
use vestibule_api::{
    HttpFunction, SettingError, Settings,
    state::{StartError, open_store},
};
use vestibule_domain::{EndpointId, World};
use vestibule_store::Store;

/// What the operations work with. No caller and no token: the signature is the credential.
#[derive(Debug, Clone, FromRef)]
pub struct Webhook {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// Holds the signing keys of every endpoint.
    pub secrets: Arc<Secrets>,
    /// What stands before an endpoint's id in the name of its secret.
    pub secret_prefix: Arc<str>,
    /// Provider and endpoint of the short path.
    pub default: Option<(String, EndpointId)>,
}

vestibule_api::operations! {
    Webhook:
        receive_event::receive_default_event,
        receive_event::receive_event,
}

impl HttpFunction for Webhook {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        Ok(Self {
            default: default_endpoint(settings)?,
            store: open_store(settings, &world).await?,
            world,
            secrets: settings.secrets()?,
            secret_prefix: settings.get("ESIGN_SECRET_PREFIX")?.into(),
        })
    }
}

fn default_endpoint(settings: &Settings) -> Result<Option<(String, EndpointId)>, SettingError> {
    let provider = settings.find("DEFAULT_ESIGN_PROVIDER").unwrap_or("docusign").to_owned();
    if provider.parse::<Vendor>().is_err() {
        let problem = "is no provider; give docusign or standard";
        return Err(SettingError::new("DEFAULT_ESIGN_PROVIDER", problem));
    }
    let endpoint = settings.find("DEFAULT_ESIGN_ENDPOINT").map(str::parse::<EndpointId>).transpose();
    let problem = "is no endpoint; give its id, ep_.., or leave it empty";
    let endpoint = endpoint.map_err(|_| SettingError::new("DEFAULT_ESIGN_ENDPOINT", problem))?;
    Ok(endpoint.map(|endpoint| (provider, endpoint)))
}
