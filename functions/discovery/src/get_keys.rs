//! `GET /.well-known/jwks.json`

use axum::{Json, extract::State, response::IntoResponse};
use vestibule_auth::VerificationKeys;

/// The public keys of access tokens as a JWK set. May be cached for five minutes.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "discovery",
    responses((status = 200, content_type = "application/json", description = "A JWK set (RFC 7517)")))]
pub async fn get_keys(State(keys): State<VerificationKeys>) -> impl IntoResponse {
    ([("cache-control", "public, max-age=300")], Json(keys))
}
