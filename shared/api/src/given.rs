//! A field of a body that may be missing, or of another kind than it should be: for bodies whose problems are all told in one answer,
//! where the first field that does not fit must not end the reading.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

use crate::shape;

/// A field as it was sent; `null` counts as missing.
#[derive(Debug, Clone, Default)]
pub enum Given<T> {
    /// It was not sent.
    #[default]
    Missing,
    /// It is of another kind.
    Wrong,
    /// It has the right kind; its value may still be refused.
    Right(T),
}

impl<T> Given<T> {
    /// The value, or what to send in its place.
    pub fn value(&self, instead: &'static str) -> Result<&T, &'static str> {
        match self {
            Self::Right(value) => Ok(value),
            Self::Missing => Err(shape::MISSING),
            Self::Wrong => Err(instead),
        }
    }

    /// Whether nothing was sent.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Missing,
            value => T::deserialize(value).map_or(Self::Wrong, Self::Right),
        })
    }
}

impl<T: Serialize> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Right(value) => value.serialize(serializer),
            Self::Missing | Self::Wrong => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default)]
        name: Given<String>,
    }

    #[test]
    fn a_field_is_there_or_missing_or_of_another_kind() {
        let read = |body| serde_json::from_str::<Sample>(body).unwrap().name;
        assert!(matches!(read(r#"{"name":"kim"}"#), Given::Right(name) if name == "kim"));
        for body in ["{}", r#"{"name":null}"#] {
            assert_eq!(read(body).value("Send a text."), Err("It is missing; send it."), "{body}");
        }
        for body in [r#"{"name":7}"#, r#"{"name":["kim"]}"#, r#"{"name":{}}"#] {
            assert_eq!(read(body).value("Send a text."), Err("Send a text."), "{body}");
        }
    }
}
