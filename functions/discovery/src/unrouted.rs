//! What has no route at the gateway: a path that is described, asked with another method, or no path of this API.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::any,
};
use http::{HeaderValue, header::ALLOW};
use serde::Deserialize;
use serde_json::{Map, Value};
use tower::ServiceExt as _;
use vestibule_api::{ApiError, Code};

use crate::get_openapi::DOCUMENT;

/// The part of the API's description that tells which methods a path takes.
#[derive(Default, Deserialize)]
struct Described {
    paths: BTreeMap<String, Map<String, Value>>,
}

/// Read with the first request that needs it, and not at the start of the function.
static PATHS: LazyLock<Router> = LazyLock::new(|| {
    let described: Described = serde_json::from_str(DOCUMENT).unwrap_or_default();
    let paths = described.paths.into_iter().fold(Router::new(), |router, (path, methods)| {
        let methods: Vec<_> = methods.keys().map(|method| method.to_uppercase()).collect();
        let allowed = methods.join(", ");
        router.route(&path, any(move || async move { not_allowed(&allowed) }))
    });
    paths.fallback(|| async { ApiError::not_found() })
});

/// 405 with the methods that the path takes, or 404.
pub(crate) async fn unrouted(request: Request) -> Response {
    PATHS.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
}

fn not_allowed(methods: &str) -> Response {
    let detail = format!("This path takes {methods}.");
    let mut response = ApiError::new(Code::MethodNotAllowed, detail).into_response();
    if let Ok(methods) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}
