//! JSON bodies: refused with the field's path when they have the wrong shape.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
};
use http::{HeaderMap, header::CONTENT_TYPE};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use vestibule_domain::Invalid;

use crate::{ApiError, Code, FieldProblem};

/// Largest body taken, in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// A JSON body of type `T`.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        read_json(&parts.headers, body).await.map(Self)
    }
}

/// The JSON body of a request whose headers are `headers`.
pub async fn read_json<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, ApiError> {
    parse(headers, &read_body(body).await?)
}

/// The 400 for one field that cannot be read.
#[derive(Debug)]
pub struct BodyProblem;

impl BodyProblem {
    /// Names the field and what is wrong with it.
    pub fn of(field: &str, invalid: &Invalid) -> ApiError {
        let fields = vec![FieldProblem { field: field.to_owned(), detail: invalid.to_string() }];
        let detail = format!("`{field}`: {invalid}");
        ApiError::Problem { code: Code::BodyInvalid, detail, fields }
    }
}

/// The raw bytes of a body of at most 1 MiB.
pub async fn read_body(body: Body) -> Result<Bytes, ApiError> {
    let limited = http_body_util::Limited::new(body, MAX_BODY).collect().await;
    let collected = limited.map_err(|_| ApiError::new(Code::TooLarge, "Send at most 1 MiB."))?;
    Ok(collected.to_bytes())
}

/// Reads `bytes` as JSON. An empty body counts as `{}`.
pub(crate) fn parse<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, ApiError> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let kind = headers.get(CONTENT_TYPE).map_or("application/json", |kind| kind.to_str().unwrap_or_default());
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::new(Code::BodyInvalid, "Send JSON with `Content-Type: application/json`."));
    }
    // Serde would take an array for the fields of a body in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(ApiError::new(Code::BodyInvalid, "Send one JSON object."));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| refused(&error))?;
    reader
        .end()
        .map_err(|_| ApiError::new(Code::BodyInvalid, "Send one JSON value and nothing behind it."))?;
    Ok(value)
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let inner = error.inner();
    if !inner.is_data() {
        let detail =
            format!("The body is not JSON: error at line {}, column {}.", inner.line(), inner.column());
        return ApiError::new(Code::BodyInvalid, detail);
    }
    let text = inner.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text);
    // The sender's own value, which can be a secret, is not repeated.
    let expected = reason.strip_prefix("invalid ").and_then(|reason| reason.rsplit_once(", expected "));
    let reason = expected.map_or_else(|| reason.to_owned(), |(_, expected)| format!("expected {expected}"));
    let field = field_path(&error.path().to_string(), &reason);
    let detail = format!("`{field}`: {reason}.");
    let fields = vec![FieldProblem { field, detail: reason }];
    ApiError::Problem { code: Code::BodyInvalid, detail, fields }
}

/// The path of the field that is meant: serde names a missing field only in its message.
fn field_path(path: &str, reason: &str) -> String {
    let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (path, missing) {
        (".", Some(missing)) => missing.to_owned(),
        (path, Some(missing)) => format!("{path}.{missing}"),
        (path, None) => path.to_owned(),
    }
}
