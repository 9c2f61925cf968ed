//! Why Google refuses a call, in its two formats.
//!
//! The Directory API answers with the error object of
//! <https://developers.google.com/workspace/admin/directory/v1/limits> and
//! <https://developers.google.com/workspace/drive/api/guides/handle-errors>: callers branch on `errors[0].reason`. The token
//! endpoint answers as OAuth 2.0 does (RFC 6749, 5.2).

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{error::ServiceError, service::Service};

/// "The entity already exists" (`users.insert`, `users.aliases.insert`: 409).
pub(super) fn duplicate() -> ServiceError {
    ServiceError::new(409, "duplicate", "Entity already exists.")
}

/// `what` is the parameter that names nothing, such as `userKey`.
pub(super) fn not_found(what: &str) -> ServiceError {
    ServiceError::new(404, "notFound", format!("Resource Not Found: {what}"))
}

pub(super) fn invalid(what: &str) -> ServiceError {
    ServiceError::new(400, "invalid", format!("Invalid Input: {what}"))
}

pub(super) fn required(field: &str) -> ServiceError {
    ServiceError::new(400, "required", format!("Missing required field: {field}"))
}

/// The admin may not do it, or what is named belongs to somebody else.
pub(super) fn forbidden() -> ServiceError {
    ServiceError::new(403, "forbidden", "Not Authorized to access this resource/api")
}

/// What an operation without a place in the model answers.
pub(super) fn not_modelled(operation: &str) -> ServiceError {
    ServiceError::new(404, "notFound", format!("{operation} is not modelled"))
}

/// The refusal of an operation as it is on the wire.
pub(crate) fn refusal(operation: &str, error: &ServiceError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if operation == "Token" {
        return response(status, &json!({ "error": error.error, "error_description": error.message }));
    }
    let domain = if is_quota(&error.error) { "usageLimits" } else { "global" };
    let detail = json!({ "message": error.message, "domain": domain, "reason": error.error });
    let body = json!({ "code": error.status, "message": error.message, "errors": [detail] });
    response(status, &json!({ "error": body }))
}

/// A call over the quota for queries by a user: 403 `userRateLimitExceeded`, without a hint when to come back. The limits page
/// asks for exponential backoff instead.
pub(crate) fn throttled(operation: &str) -> Response {
    let (reason, status, message) = Service::Google.throttled();
    refusal(operation, &ServiceError::new(status, reason, message))
}

fn is_quota(reason: &str) -> bool {
    ["userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"].contains(&reason)
}

pub(super) fn response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(Service::Google.content_type());
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
