//! The check in front of a service.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::json;
use vestibule_models::{S3Target, s3_refusal};

use super::{Call, Roles, call};

/// More than any request to a service has.
pub(super) const BODY_LIMIT: usize = 64 << 20;

/// Refuses what the role of the function that signed a request does not allow.
pub(crate) async fn check(State(roles): State<Roles>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Some(key) = call::access_key(&head).map(str::to_owned) else {
        return next.run(Request::from_parts(head, Body::from(body))).await;
    };
    let asked = call::calls(&head, &body, &roles.0.around);
    let (listing, is_for_s3) = (call::listing(&head), S3Target::read(&head).is_some());
    if let Some(refused) = asked.iter().find(|it| !roles.allow(&key, it)) {
        return denied(&key, refused, is_for_s3);
    }
    let answer = next.run(Request::from_parts(head, Body::from(body))).await;
    match listing.filter(|_| answer.status() == StatusCode::NOT_FOUND) {
        Some(listing) if !roles.allow(&key, &listing) => denied(&key, &listing, is_for_s3),
        _ => answer,
    }
}

/// The error of AWS for it.
fn denied(key: &str, Call { action, resources, .. }: &Call, is_for_s3: bool) -> Response {
    let resource = resources.first().map_or("", String::as_str);
    let message = format!("User: {key} is not authorized to perform: {action} on resource: {resource}");
    if is_for_s3 {
        return s3_refusal(403, "AccessDenied", &message);
    }
    let body = json!({ "__type": "AccessDeniedException", "message": message, "Message": message });
    let headers =
        [("content-type", "application/x-amz-json-1.0"), ("x-amzn-errortype", "AccessDeniedException")];
    (StatusCode::BAD_REQUEST, headers, Json(body)).into_response()
}
