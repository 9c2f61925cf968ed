//! Reads the fields of one JSON object, once each; what nobody has read is refused.

use serde_json::{Map, Value};

use super::Refused;
use crate::data::path::Path;

/// The fields of an object that have not been read yet.
pub(super) struct Fields<'a> {
    file: &'a str,
    state: &'a str,
    prefix: String,
    rest: Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(file: &'a str, state: &'a str, prefix: &str, value: Value) -> Result<Self, Refused> {
        let mut fields = Self { file, state, prefix: prefix.to_owned(), rest: Map::new() };
        match value {
            Value::Object(map) => {
                fields.rest = map;
                Ok(fields)
            }
            _ => Err(fields.refuse("", "must be an object")),
        }
    }

    pub(super) fn refuse(&self, field: &str, reason: impl Into<String>) -> Refused {
        Refused {
            file: self.file.to_owned(),
            state: self.state.to_owned(),
            field: format!("{}{field}", self.prefix),
            reason: reason.into(),
        }
    }

    /// Fields of the objects in a list field, none when it is absent.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Fields<'a>>, Refused> {
        let items = match self.rest.remove(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.refuse(name, "must be a list")),
        };
        let fields =
            |(at, item)| Self::new(self.file, self.state, &format!("{}{name}[{at}].", self.prefix), item);
        items.into_iter().enumerate().map(fields).collect()
    }

    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.rest.remove(name)
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Refused> {
        match self.rest.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.refuse(name, "must be a text")),
        }
    }

    pub(super) fn required_text(&mut self, name: &str) -> Result<String, Refused> {
        self.text(name)?.ok_or_else(|| self.refuse(name, "is missing"))
    }

    pub(super) fn whole(&mut self, name: &str, least: u64, most: u64) -> Result<Option<u64>, Refused> {
        let Some(value) = self.rest.remove(name) else {
            return Ok(None);
        };
        let number = value.as_u64().filter(|number| (least..=most).contains(number));
        number
            .map(Some)
            .ok_or_else(|| self.refuse(name, format!("must be a whole number from {least} to {most}")))
    }

    pub(super) fn path(&mut self, name: &str) -> Result<Option<Path>, Refused> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        Path::parse(&text).map(Some).map_err(|reason| self.refuse(name, reason))
    }

    /// Takes all fields that are left.
    pub(super) fn take_rest(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.rest)
    }

    /// Refuses what nobody has read; comments are free.
    pub(super) fn finish(mut self) -> Result<(), Refused> {
        self.text("Comment")?;
        match self.rest.keys().next() {
            Some(name) => Err(self.refuse(name, "is not supported here")),
            None => Ok(()),
        }
    }
}
