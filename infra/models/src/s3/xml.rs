//! Bodies of answers in the XML of S3.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;

use crate::{
    error::{CloudError, ServiceError},
    ids,
};

pub(super) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// An empty answer with the headers that each one has.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    for name in ["x-amz-request-id", "x-amz-id-2"] {
        if let Ok(id) = HeaderValue::from_str(&ids::hex(8).to_uppercase()) {
            response.headers_mut().insert(name, id);
        }
    }
    response
}

pub(super) fn document<T: Serialize>(value: &T) -> Result<Response, CloudError> {
    let text = quick_xml::se::to_string(value).map_err(|error| CloudError::Refused(error.to_string()))?;
    Ok(of(StatusCode::OK, &text))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Error<'a> {
    code: &'a str,
    message: &'a str,
}

/// A refusal in the form of S3.
pub(crate) fn refusal(error: &ServiceError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = Error { code: &error.error, message: &error.message };
    // Of two texts there is nothing that cannot be written.
    of(status, &quick_xml::se::to_string(&body).unwrap_or_default())
}

fn of(status: StatusCode, text: &str) -> Response {
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    *response.body_mut() = Body::from(format!("{DECLARATION}{text}"));
    response
}
