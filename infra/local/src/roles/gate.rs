//! The check in front of a service.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::json;

use super::{Roles, call};

/// More than any request to a service has.
pub(super) const BODY_LIMIT: usize = 64 << 20;

/// Refuses what the role of the function that signed a request does not allow.
pub(crate) async fn check(State(roles): State<Roles>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if let Some(key) = call::access_key(&head)
        && let Some(refused) =
            call::calls(&head, &body, &roles.0.around).iter().find(|it| !roles.allow(key, it))
    {
        return denied(key, &refused.action, refused.resources.first().map_or("", String::as_str));
    }
    next.run(Request::from_parts(head, Body::from(body))).await
}

/// The error of AWS for it.
fn denied(key: &str, action: &str, resource: &str) -> Response {
    let message = format!("User: {key} is not authorized to perform: {action} on resource: {resource}");
    let body = json!({ "__type": "AccessDeniedException", "message": message, "Message": message });
    let headers =
        [("content-type", "application/x-amz-json-1.0"), ("x-amzn-errortype", "AccessDeniedException")];
    (StatusCode::BAD_REQUEST, headers, Json(body)).into_response()
}
