//! A body that says nothing: everything about the request stands in its path.

use axum::body::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    ApiError, Content, Description, Fields, body,
    shape::{BODY, is_plain},
};

/// Nothing: an empty body or `{}`. A field that somebody sends all the same is named and refused, so that nobody believes it
/// did something.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

impl Content for NoFields {
    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<(Self, Vec<u8>), ApiError> {
        let fields: Map<String, Value> = body::parse(headers, &bytes)?;
        let mut refused = Fields::default();
        for name in fields.keys().filter(|name| is_plain(name)) {
            refused.refuse(name, "Leave this field out; the request takes none.");
        }
        // A secret can be in the wrong place: what reads unlike a field's name is not repeated.
        if fields.keys().any(|name| !is_plain(name)) {
            refused.refuse(BODY, "Send an empty body; the request takes no field.");
        }
        if refused.is_empty() { Ok((Self {}, b"{}".to_vec())) } else { Err(refused.into_error()) }
    }

    fn describe(operation: &mut Description<'_>) {
        operation.json::<Self>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str) -> Result<(NoFields, Vec<u8>), ApiError> {
        let headers =
            HeaderMap::from_iter([(http::header::CONTENT_TYPE, "application/json".parse().unwrap())]);
        NoFields::read(&headers, Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn an_empty_body_is_taken_and_each_field_is_named() {
        for empty in ["", "{}", " {} "] {
            assert_eq!(read(empty).unwrap().1, b"{}", "{empty:?}");
        }
        let Err(ApiError::Problem { fields, .. }) = read(r#"{"tier":"free","role":null}"#) else {
            panic!("refused")
        };
        let mut named: Vec<_> = fields.iter().map(|problem| problem.field.as_str()).collect();
        named.sort_unstable();
        assert_eq!(named, ["role", "tier"]);
        let Err(ApiError::Problem { fields, .. }) = read(r#"{"s3cret":1,"tier":2}"#) else {
            panic!("refused")
        };
        assert_eq!(fields.iter().map(|problem| &*problem.field).collect::<Vec<_>>(), ["tier", "body"]);
        assert!(read("[]").is_err() && read("{").is_err());
    }
}
