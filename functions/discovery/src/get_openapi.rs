//! `GET /openapi.json`

use axum::response::IntoResponse;

/// Written by `cargo run -p vestibule-tests --bin openapi`; a test compares it with the code.
pub(crate) const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "discovery",
    responses((status = 200, content_type = "application/json", description = "OpenAPI 3.1")))]
pub async fn get_openapi() -> impl IntoResponse {
    ([("content-type", "application/json"), ("cache-control", "public, max-age=300")], DOCUMENT)
}
