//! What anyone may read: the keys that verify access tokens, and the API's description.

pub mod get_keys;
pub mod get_openapi;

use axum::{Router, extract::FromRef};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use vestibule_api::{
    Settings, finish,
    state::{StartError, open_secrets},
};
use vestibule_auth::VerificationKeys;
use vestibule_domain::World;

/// What the operations show.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// The published keys.
    pub keys: VerificationKeys,
}

impl FromRef<Discovery> for VerificationKeys {
    fn from_ref(state: &Discovery) -> Self {
        state.keys.clone()
    }
}

/// The routes with their documentation.
pub fn routes() -> OpenApiRouter<Discovery> {
    OpenApiRouter::new().routes(routes!(get_keys::get_keys)).routes(routes!(get_openapi::get_openapi))
}

/// The operations as an `OpenAPI` document.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}

/// The function, ready to serve.
pub async fn app(settings: &Settings, world: World) -> Result<Router, StartError> {
    let secret = open_secrets(settings)?.get(settings.get("VERIFICATION_KEYS_SECRET")?, world.now()).await;
    let secret = secret.map_err(|e| StartError::outside("verification keys", e))?;
    let keys = serde_json::from_str(secrecy::ExposeSecret::expose_secret(&secret));
    let keys = keys.map_err(|e| StartError::outside("verification keys", e))?;
    let (router, _) = routes().split_for_parts();
    Ok(finish(router.with_state(Discovery { keys }), settings.find("SHOW_COST") == Some("true")))
}
