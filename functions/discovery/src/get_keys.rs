//! `GET /.well-known/jwks.json`

use axum::{Json, extract::State, response::IntoResponse};

use crate::Discovery;

/// The public keys of access tokens as a JWK set. May be cached for five minutes: a new key is
/// published longer than that before it signs.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "discovery",
    responses((status = 200, content_type = "application/json", description = "A JWK set (RFC 7517)")))]
pub async fn get_keys(State(state): State<Discovery>) -> impl IntoResponse {
    let keys = state.trust.keys(state.world.now()).await;
    ([("cache-control", "public, max-age=300")], Json(keys))
}
