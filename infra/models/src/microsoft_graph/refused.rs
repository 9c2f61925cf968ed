//! Why Microsoft refuses a call, in its two formats.
//!
//! Graph: <https://learn.microsoft.com/graph/errors>. The token endpoint: "Error response" of
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>, with the codes of
//! <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::error::{CloudError, ServiceError};

/// A refusal; of a property it says which and what is wrong with it.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error: ServiceError,
    /// Code and target of `details`.
    detail: Option<(&'static str, String)>,
}

impl Refused {
    pub(super) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        ServiceError::new(status, code, message).into()
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    /// 400, not 409: "Another object with the same value for property .. already exists."
    pub(super) fn conflict(property: &str) -> Self {
        let message = format!("Another object with the same value for property {property} already exists.");
        Self { detail: Some(("ObjectConflict", property.to_owned())), ..Self::bad_request(message) }
    }

    pub(super) fn invalid(property: &str, message: impl Into<String>) -> Self {
        Self { detail: Some(("InvalidValue", property.to_owned())), ..Self::bad_request(message) }
    }

    /// A value that a property cannot have.
    pub(super) fn invalid_value(property: &str) -> Self {
        Self::invalid(
            property,
            format!("Invalid value specified for property '{property}' of resource 'User'."),
        )
    }

    pub(super) fn not_found(key: &str) -> Self {
        let message = format!(
            "Resource '{key}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(404, "Request_ResourceNotFound", message)
    }

    pub(super) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(403, "Authorization_RequestDenied", message)
    }

    pub(super) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(400, "Request_UnsupportedQuery", message)
    }

    pub(super) fn not_modelled(operation: &str) -> Self {
        Self::bad_request(format!("{operation} is not modelled"))
    }
}

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Self {
        Self { error, detail: None }
    }
}

impl From<CloudError> for Refused {
    fn from(error: CloudError) -> Self {
        ServiceError::from(error).into()
    }
}

/// The body of a refusal by Graph; `ids` are that of the request and the client's own.
pub(super) fn graph_body(refused: &Refused, (id, client_id): (&str, &str), now: Timestamp) -> Value {
    let Refused { error, detail } = refused;
    let date = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let inner = json!({ "date": date, "request-id": id, "client-request-id": client_id });
    let mut body = json!({ "code": error.error, "message": error.message, "innerError": inner });
    if let Some((code, target)) = detail {
        body["details"] = json!([{ "code": code, "message": error.message, "target": target }]);
    }
    json!({ "error": body })
}

/// The body of a refusal by the token endpoint. Its number is the one at the beginning of the message.
pub(super) fn token_body(error: &ServiceError, (id, client_id): (&str, &str), now: Timestamp) -> Value {
    let number = error.message.strip_prefix("AADSTS").and_then(|rest| rest.split(':').next());
    let codes: Vec<u32> = number.and_then(|number| number.parse().ok()).into_iter().collect();
    let time = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let description =
        format!("{} Trace ID: {id} Correlation ID: {client_id} Timestamp: {time}", error.message);
    json!({
        "error": error.error, "error_description": description, "error_codes": codes, "timestamp": time,
        "trace_id": id, "correlation_id": client_id,
    })
}
