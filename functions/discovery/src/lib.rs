//! What anyone may read: the keys that verify access tokens, where they are, and the API's
//! description; and the answer to requests that no other function takes.

pub mod get_keys;
pub mod get_metadata;
pub mod get_openapi;
mod unrouted;

use std::sync::Arc;

use axum::{Router, routing::any};
use vestibule_api::{Settings, Trust, finish, state::StartError};
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

/// The function, ready to serve.
pub async fn app(settings: &Settings, world: World) -> Result<Router, StartError> {
    let trust = Trust::open(settings, &world).await?;
    let (issuer, site) = (settings.issuer()?.into(), settings.site()?.into());
    let state = Discovery { trust, issuer, site, world };
    // The gateway's catch-all route leads here.
    let router = router().route("/", any(unrouted)).route("/{*path}", any(unrouted));
    Ok(finish(router.with_state(state), settings.find("SHOW_COST") == Some("true")))
}
