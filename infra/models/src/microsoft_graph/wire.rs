//! Answers of both endpoints with the headers that each has: `request-id`, and the client's own id of the request
//! (<https://learn.microsoft.com/graph/best-practices-concept>).

use axum::{body::Body, response::Response};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use jiff::Timestamp;

use super::refused::{Refused, graph_body, token_body};
use crate::{error::ServiceError, ids, rest::Answer, service::Service};

const CLIENT_REQUEST_ID: &str = "client-request-id";

/// The ids of a request: ours, and the client's if it sent one.
struct RequestIds(String, String);

impl RequestIds {
    fn new(headers: &HeaderMap) -> Self {
        let id = ids::uuid();
        let client = headers.get(CLIENT_REQUEST_ID).and_then(|id| id.to_str().ok());
        let client = client.map_or_else(|| id.clone(), str::to_owned);
        Self(id, client)
    }
}

fn response(ids: &RequestIds, status: StatusCode, body: Option<String>) -> Response {
    let mut response = Response::new(body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(Service::Microsoft.content_type()));
    }
    for (name, id) in [("request-id", &ids.0), (CLIENT_REQUEST_ID, &ids.1)] {
        if let Ok(id) = HeaderValue::from_str(id) {
            headers.insert(name, id);
        }
    }
    response
}

pub(super) fn done(headers: &HeaderMap, answer: Answer) -> Response {
    let body = answer.body.map(|body| body.to_string());
    response(&RequestIds::new(headers), answer.status, body)
}

pub(super) fn refused(operation: &str, headers: &HeaderMap, refused: &Refused, now: Timestamp) -> Response {
    let ids = RequestIds::new(headers);
    let status = StatusCode::from_u16(refused.error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let names = (ids.0.as_str(), ids.1.as_str());
    let body = match operation {
        "Token" | "OpenIdConfiguration" => token_body(&refused.error, names, now),
        _ => graph_body(refused, names, now),
    };
    response(&ids, status, Some(body.to_string()))
}

/// The refusal of an operation as it is on the wire.
pub(crate) fn refusal(
    operation: &str,
    headers: &HeaderMap,
    error: &ServiceError,
    now: Timestamp,
) -> Response {
    refused(operation, headers, &error.clone().into(), now)
}

/// 429 with the time to wait in seconds: <https://learn.microsoft.com/graph/throttling>.
pub(crate) fn throttled(operation: &str, headers: &HeaderMap, retry_after: u32, now: Timestamp) -> Response {
    let (code, status, message) = Service::Microsoft.throttled();
    let mut response = refusal(operation, headers, &ServiceError::new(status, code, message), now);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after));
    response
}
