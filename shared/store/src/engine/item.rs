//! Turning values into rows and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::{StoreError, engine::keys::Key, engine::kinds::Kind};

/// A row as the SDK has it.
pub(crate) type Row = HashMap<String, AttributeValue>;

/// A text attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A whole-number attribute.
pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The primary key as attributes.
pub(crate) fn key_row(key: &Key) -> Row {
    Row::from([("PK".into(), text(&*key.pk)), ("SK".into(), text(&*key.sk))])
}

/// A row: the key, the kind of thing, and the value's fields.
pub(crate) fn to_row<T: Serialize>(key: &Key, kind: Kind, value: &T) -> Result<Row, StoreError> {
    let fields: Result<Row, _> = serde_dynamo::aws_sdk_dynamodb_1::to_item(value);
    let mut row = fields.map_err(|error| row_error(key, &error))?;
    row.extend(key_row(key));
    row.insert("item".into(), text(kind.name()));
    Ok(row)
}

/// The value that a row holds.
pub(crate) fn from_row<T: DeserializeOwned>(row: Row) -> Result<T, StoreError> {
    let part = |name| row.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
    let key = Key { pk: part("PK"), sk: part("SK") };
    serde_dynamo::aws_sdk_dynamodb_1::from_item(row).map_err(|error| row_error(&key, &error))
}

fn row_error(key: &Key, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Row { row: format!("{} / {}", key.pk, key.sk), reason: without_values(&error.to_string()) }
}

/// A decoder's words without the value that it met: that can be a person's.
fn without_values(reason: &str) -> String {
    match reason.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => reason.to_owned(),
    }
}
