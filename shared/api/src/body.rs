//! JSON bodies: refused with the field's path when they have the wrong shape.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
};
use http::{HeaderMap, header::CONTENT_TYPE};
use http_body_util::BodyExt as _;
use serde::de::{DeserializeOwned, IgnoredAny};
use vestibule_domain::Invalid;

use crate::{ApiError, Code, FieldProblem, shape};

/// Largest body taken, in bytes.
pub const MAX_BODY: usize = 1 << 20;
const JSON: &str = "application/json";

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
    read_body_up_to(body, MAX_BODY).await
}

/// The raw bytes of a body of at most `most` bytes, a whole number of MiB.
pub async fn read_body_up_to(body: Body, most: usize) -> Result<Bytes, ApiError> {
    let limited = http_body_util::Limited::new(body, most).collect().await;
    let too_large = |_| ApiError::new(Code::TooLarge, format!("Send at most {} MiB.", most >> 20));
    Ok(limited.map_err(too_large)?.to_bytes())
}

/// Reads `bytes` as JSON. An empty body counts as `{}` and needs no content type; every other one needs the right
/// one, which no form of another site can give.
pub(crate) fn parse<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, ApiError> {
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default());
    let kind = kind.unwrap_or(if bytes.is_empty() { JSON } else { "" });
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(JSON) {
        return Err(ApiError::new(Code::BodyInvalid, "Send JSON with `Content-Type: application/json`."));
    }
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    // Looked through first, so that what fails behind it is a matter of the shape.
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| not_json(&error))?;
    // Serde would take an array for the fields of a body in their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(shape::not_an_object());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| shape::problem(&error))
}

fn not_json(error: &serde_json::Error) -> ApiError {
    let (line, column) = (error.line(), error.column());
    let detail = format!("The body is not JSON, or not only that: see line {line}, column {column}.");
    ApiError::new(Code::BodyInvalid, detail)
}
