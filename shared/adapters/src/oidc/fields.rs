//! JSON of a provider, read member by member: what nobody asks for cannot make the rest unreadable, of
//! whatever type it is.

use std::collections::BTreeMap;

use serde_json::{Value, value::RawValue};

/// The members of an object, each kept as its text until it is asked for.
pub(super) struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    /// Reads an object; a byte order mark and bytes that are no UTF-8 are tolerated.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(json);
        serde_json::from_str(text.trim_start_matches('\u{feff}')).ok().map(Self)
    }

    /// Whether there is such a member, `null` included.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The member, if it is there, is not `null` and can be read.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let value = serde_json::from_str(self.0.get(name)?.get()).ok()?;
        Some(value).filter(|value: &Value| !value.is_null())
    }

    /// The member, if it is a text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of a list, or the one value that stands for it.
    pub(super) fn list(&self, name: &str) -> Option<Vec<Value>> {
        match self.value(name)? {
            Value::Array(values) => Some(values),
            value => Some(vec![value]),
        }
    }

    /// The elements of a list, each to be read by itself.
    pub(super) fn objects(&self, name: &str) -> Option<Vec<Self>> {
        let elements: Vec<Box<RawValue>> = serde_json::from_str(self.0.get(name)?.get()).ok()?;
        Some(elements.iter().filter_map(|element| Self::read(element.get().as_bytes())).collect())
    }

    /// Whether the member says yes, as a boolean or as its text.
    pub(super) fn says_yes(&self, name: &str) -> bool {
        match self.value(name) {
            Some(Value::Bool(yes)) => yes,
            Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("true"),
            _ => false,
        }
    }
}
