//! The style and the script. Their names change with their contents, so browsers keep the present ones for good.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};
use vestibule_pages::kit;

/// `GET /assets/{name}`
pub(crate) async fn get_asset(Path(name): Path<String>) -> Response {
    let Some((kind, text)) = kit::asset(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let kept = if kit::is_present(&name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}
