//! A stored secret: its versions and which of them holds which stage.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) const CURRENT: &str = "AWSCURRENT";
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// The payload of one version; binary payloads stay in the base64 of the wire.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Payload {
    Text(String),
    Binary(String),
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payload(..)")
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) payload: Payload,
    pub(super) created_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) changed_at: Timestamp,
    /// When it was marked for deletion.
    #[serde(default)]
    pub(super) deleted_at: Option<Timestamp>,
    pub(super) versions: BTreeMap<String, Version>,
    /// Stage to version id; a version without a stage is dropped.
    pub(super) stages: BTreeMap<String, String>,
}

impl Secret {
    /// Makes `id` the current version and the former current one the previous.
    pub(super) fn rotate(&mut self, id: &str, version: Version) {
        self.changed_at = version.created_at;
        self.versions.insert(id.to_owned(), version);
        if let Some(former) = self.stages.insert(CURRENT.to_owned(), id.to_owned()) {
            self.stages.insert(PREVIOUS.to_owned(), former);
        }
        let Self { versions, stages, .. } = self;
        versions.retain(|id, _| stages.values().any(|staged| staged == id));
    }

    pub(super) fn stages_of(&self, id: &str) -> Vec<&String> {
        self.stages.iter().filter(|(_, version)| *version == id).map(|(stage, _)| stage).collect()
    }

    pub(super) fn current(&self) -> Option<&Version> {
        self.versions.get(self.stages.get(CURRENT)?)
    }
}
