//! Rows that cannot be read: shown by their id, told of once, and out of the way of the rows around them.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;

use crate::{Store, StoreError, engine::command::Action, engine::item::Row};

/// Rows remembered as told of; behind them all others are told of each time.
const MOST_TOLD: usize = 10_000;

/// What a list holds.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// What can be read.
    pub items: Vec<T>,
    /// The ids of the rows that cannot.
    pub damaged: Vec<String>,
}

impl<T> Listed<T> {
    /// How many rows there are of both.
    pub fn len(&self) -> usize {
        self.items.len() + self.damaged.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The rows that this process has told of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Mutex<BTreeSet<String>>>);

impl Told {
    fn is_new(&self, row: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.contains(row) {
            return false;
        }
        if told.len() < MOST_TOLD {
            told.insert(row.to_owned());
        }
        true
    }
}

impl Store {
    /// Tells of a row that cannot be read, once for each row while the process lives.
    pub fn tell(&self, error: &StoreError) {
        if let StoreError::Row { row, reason } = error
            && self.told().is_new(row)
        {
            tracing::error!(row, reason, "a row does not decode");
        }
    }

    /// Reads rows of a list; `id` names those that cannot be read. Busy while a field's key is not known yet.
    pub(crate) fn listed<T: DeserializeOwned>(
        &self,
        rows: Vec<Row>,
        id: impl Fn(&Row) -> Option<String>,
    ) -> Result<Listed<T>, StoreError> {
        let mut listed = Listed { items: Vec::new(), damaged: Vec::new() };
        for row in rows {
            let id = id(&row).unwrap_or_default();
            match self.if_whole(self.read(row))? {
                Some(item) => listed.items.push(item),
                None => listed.damaged.push(id),
            }
        }
        Ok(listed)
    }

    /// The value of a row, or `None` with word of it where the row is damaged.
    pub(crate) fn if_whole<T>(&self, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error @ StoreError::Row { .. }) => {
                self.tell(&error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// What stands behind `prefix` in a key of the row.
pub(crate) fn behind(row: &Row, key: &str, prefix: &str) -> Option<String> {
    Some(row.get(key)?.as_s().ok()?.strip_prefix(prefix)?.to_owned())
}

/// One field of a row that may be damaged, if that can be read.
pub(crate) fn field<T: DeserializeOwned>(row: &Row, name: &str) -> Option<T> {
    let value: AttributeValue = row.get(name)?.clone();
    serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(value).ok()
}

impl Action {
    /// Only if the row has not been written since `row` was read, whatever stands for its version.
    pub(crate) fn if_unchanged(self, row: &Row) -> Self {
        match row.get("version") {
            Some(version) => {
                self.when("#version = :read").name("#version", "version").value(":read", version.clone())
            }
            None => self
                .when("attribute_exists(PK) AND attribute_not_exists(#version)")
                .name("#version", "version"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_told_of_once_while_there_is_room_and_each_time_behind() {
        let told = Told::default();
        for row in 0..MOST_TOLD {
            assert!(told.is_new(&row.to_string()));
        }
        assert!(!told.is_new("0"));
        assert!(told.is_new("one more") && told.is_new("one more"));
    }
}
