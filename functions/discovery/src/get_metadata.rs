//! `GET /.well-known/openid-configuration`

use axum::{Json, extract::State, response::IntoResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Discovery;

/// What a program must know to check our tokens. We hand out access tokens to our own clients; we
/// are no identity provider for others, so there is no authorization endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    /// The `iss` of every token.
    pub issuer: String,
    /// Where the public keys are.
    pub jwks_uri: String,
    /// Where tokens are renewed.
    pub token_endpoint: String,
    /// Where the person behind a token is shown.
    pub userinfo_endpoint: String,
    /// How tokens are signed.
    pub id_token_signing_alg_values_supported: [&'static str; 1],
    /// How access tokens are signed.
    pub access_token_signing_alg_values_supported: [&'static str; 1],
    /// One person has one subject everywhere.
    pub subject_types_supported: [&'static str; 1],
    /// What an access token says.
    pub claims_supported: [&'static str; 7],
}

/// Shows issuer, keys and endpoints. May be cached for five minutes.
#[utoipa::path(get, path = "/.well-known/openid-configuration", tag = "discovery", responses((status = 200, body = Metadata)))]
pub async fn get_metadata(State(state): State<Discovery>) -> impl IntoResponse {
    let at = |path: &str| format!("{}{path}", state.site);
    let metadata = Metadata {
        issuer: state.issuer.to_string(),
        jwks_uri: at("/.well-known/jwks.json"),
        token_endpoint: at("/api/v1/auth/refresh"),
        userinfo_endpoint: at("/api/v1/auth/me"),
        id_token_signing_alg_values_supported: ["ES256"],
        access_token_signing_alg_values_supported: ["ES256"],
        subject_types_supported: ["public"],
        claims_supported: ["iss", "aud", "sub", "sid", "tenant", "iat", "exp"],
    };
    ([("cache-control", "public, max-age=300")], Json(metadata))
}
