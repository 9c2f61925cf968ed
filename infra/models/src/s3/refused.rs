//! Why S3 refuses a call.

use axum::response::Response;
use http::HeaderValue;

use super::xml;
use crate::error::{CloudError, ServiceError};

/// A refusal; of an object that is hidden it names the delete marker.
#[derive(Debug)]
pub(super) struct Refused {
    error: ServiceError,
    marker: Option<String>,
}

impl Refused {
    pub(super) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { error: ServiceError::new(status, code, message), marker: None }
    }

    /// A rule of the request's form that is broken.
    pub(super) fn invalid(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// What S3 may know and this model does not, by its name.
    pub(super) fn not_modelled(what: &str) -> Self {
        let message = format!("A header or operation implies functionality that is not modelled: {what}");
        Self::new(501, "NotImplemented", message)
    }

    pub(super) fn no_key() -> Self {
        Self::new(404, "NoSuchKey", "The specified key does not exist.")
    }

    pub(super) fn behind_marker(mut self, version: &str) -> Self {
        self.marker = Some(version.to_owned());
        self
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = xml::refusal(&self.error);
        if let Some(Ok(version)) = self.marker.as_deref().map(HeaderValue::from_str) {
            let headers = response.headers_mut();
            headers.insert("x-amz-delete-marker", HeaderValue::from_static("true"));
            headers.insert("x-amz-version-id", version);
        }
        response
    }
}

impl From<CloudError> for Refused {
    fn from(error: CloudError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the model of S3 failed");
        Self::new(500, "InternalError", "We encountered an internal error. Please try again.")
    }
}
