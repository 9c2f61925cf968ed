//! What anyone may read: the keys that verify access tokens, where they are, and the API's
//! description; and the answer to requests that no other function takes.

pub mod get_keys;
pub mod get_metadata;
pub mod get_openapi;
mod unrouted;

use std::sync::Arc;

use axum::{Router, routing::any};
use vestibule_api::{HttpFunction, Operations, Settings, Trust, state::StartError};
use vestibule_domain::World;

use unrouted::unrouted;

/// What the operations show.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// The published keys.
    pub trust: Trust,
    /// Issuer of the tokens.
    pub issuer: Arc<str>,
    /// Origin of this API.
    pub site: Arc<str>,
    /// The clock.
    pub world: World,
}

vestibule_api::operations! {
    Discovery:
        get_keys::get_keys,
        get_metadata::get_metadata,
        get_openapi::get_openapi,
}

impl HttpFunction for Discovery {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let trust = Trust::open(settings, &world).await?;
        Ok(Self { trust, issuer: settings.issuer()?.into(), site: settings.site()?.into(), world })
    }

    fn router(self) -> Router {
        // The gateway's catch-all route leads here.
        Self::routes().route("/", any(unrouted)).route("/{*path}", any(unrouted)).with_state(self)
    }
}
