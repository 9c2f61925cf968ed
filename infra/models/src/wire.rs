//! Answers as the services put them on the wire, and the timestamps in them.

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures::stream;
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{error::ServiceError, ids, s3, service::Service};

const REQUEST_ID: &str = "x-amzn-requestid";

/// Seconds since the epoch with milliseconds as the fraction, the way the JSON protocols write times.
pub(crate) fn epoch_seconds(at: Timestamp) -> Value {
    // Milliseconds since the epoch are exact in an f64 for the next 280,000 years.
    #[expect(clippy::cast_precision_loss, reason = "exact for every real date")]
    let seconds = at.as_millisecond() as f64 / 1000.0;
    json!(seconds)
}

pub(crate) fn answer(service: Service, result: Result<Value, ServiceError>) -> Response {
    match result {
        Ok(body) => response(service, StatusCode::OK, body.to_string()),
        Err(error) => refusal(service, &error),
    }
}

/// A refusal in the form of a service of AWS: `__type` in the body, for REST a header, for S3 XML.
pub(crate) fn refusal(service: Service, error: &ServiceError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match service {
        Service::S3 => return s3::refusal(error),
        Service::Ses | Service::Google | Service::Microsoft => json!({ "message": error.message }),
        Service::WorkMail | Service::SecretsManager => {
            json!({ "__type": error.error, "Message": error.message })
        }
        Service::States | Service::Events => json!({ "__type": error.error, "message": error.message }),
    };
    let mut response = response(service, status, body.to_string());
    if let Ok(name) = HeaderValue::from_str(&error.error) {
        response.headers_mut().insert("x-amzn-errortype", name);
    }
    response
}

/// A throttling refusal; `retry_after` is in whole seconds.
pub(crate) fn throttled(service: Service, retry_after: u32) -> Response {
    let (error, status, message) = service.throttled();
    let mut response = refusal(service, &ServiceError::new(status, error, message));
    let headers = response.headers_mut();
    headers.insert(http::header::RETRY_AFTER, HeaderValue::from(retry_after));
    headers.insert("x-amz-retry-after", HeaderValue::from(u64::from(retry_after) * 1000));
    response
}

/// An answer of which nothing arrives: hyper drops the connection when the body fails before the head was flushed.
pub(crate) fn lost() -> Response {
    let broken =
        stream::once(async { Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset)) });
    Response::new(Body::from_stream(broken))
}

/// HTTP 200 with a body that is neither JSON nor XML.
pub(crate) fn garbage(service: Service) -> Response {
    response(service, StatusCode::OK, "<html>\u{0}gateway \u{fffd} ok".to_owned())
}

fn response(service: Service, status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(service.content_type()));
    if let Ok(id) = HeaderValue::from_str(&ids::uuid()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
