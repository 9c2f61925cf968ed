//! What goes around every router: unknown paths as problems, request ids, security headers, one
//! log line for each request with its cost.

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use vestibule_store::{Cost, metered};

use crate::{ApiError, Code, Origin, Problem, keyed::give_kept, refusals::record_refusals};

/// Headers on every answer.
const SECURITY: [(&str, &str); 6] = [
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Completes a function's router. `show_cost` adds the `x-cost` header for tests.
pub fn finish(router: Router, show_cost: bool) -> Router {
    let panics = CatchPanicLayer::custom(|_| ApiError::Fault("a handler panicked".into()).into_response());
    router
        .fallback(|| async { ApiError::not_found() })
        .method_not_allowed_fallback(|| async {
            ApiError::new(Code::MethodNotAllowed, "This path does not take this method.")
        })
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(show_cost, around))
                .layer(from_fn(record_refusals))
                .layer(from_fn(give_kept))
                .layer(panics),
        )
}

async fn around(State(show_cost): State<bool>, request: Request, next: Next) -> Response {
    let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
    let method = request.method().clone();
    // The matched route, never the raw path: a webhook's path holds its secret id.
    let route = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());
    let (mut response, cost) = metered(next.run(request)).await;
    response = name_request(response, &origin.request_id);
    add_headers(&mut response, &origin.request_id, show_cost.then_some(cost));
    let status = response.status().as_u16();
    let Cost { round_trips, read_units, write_units, .. } = cost;
    tracing::info!(request_id = origin.request_id, %method, route, status, round_trips, read_units, write_units, "request");
    response
}

/// The answer to what is no request, with its id and the headers of every answer.
pub(crate) fn refuse(error: ApiError, request_id: &str) -> Response {
    let mut response = name_request(error.into_response(), request_id);
    add_headers(&mut response, request_id, None);
    tracing::info!(request_id, status = response.status().as_u16(), "no request");
    response
}

/// Writes the request's id into a problem body.
fn name_request(response: Response, request_id: &str) -> Response {
    let Some(problem) = response.extensions().get::<std::sync::Arc<Problem>>().cloned() else {
        return response;
    };
    let body = serde_json::to_value(&*problem).map(|mut body| {
        body["requestId"] = request_id.into();
        body.to_string()
    });
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(http::header::CONTENT_LENGTH);
    match body {
        Ok(body) => Response::from_parts(parts, Body::from(body)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn add_headers(response: &mut Response, request_id: &str, cost: Option<Cost>) {
    let headers = response.headers_mut();
    for (name, value) in SECURITY {
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", id);
    }
    let cost =
        cost.and_then(|cost| serde_json::to_string(&cost).ok()).and_then(|c| HeaderValue::from_str(&c).ok());
    // An answer that another function gave has its own.
    if let Some(cost) = cost.filter(|_| !headers.contains_key("x-cost")) {
        headers.insert("x-cost", cost);
    }
}
