//! What a chain commits to of a record: all that it says, with digests in the place of personal values.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Digest, Unwritable, canonical};

/// How what was tried ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    #[default]
    Done,
    /// Somebody was not allowed to do it.
    Refused,
    /// It was tried and came to nothing.
    Failed,
}

/// What stands for personal values, each salted with the record's own salt ([`Digest::of_personal`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalDigests {
    /// The person's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_email: Option<Digest>,
    /// The source address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<Digest>,
    /// The client's description of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Digest>,
}

/// The part of a record that its chain commits to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordBody {
    /// The record's id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// The person's id, or the name of the system task.
    pub actor: String,
    /// What was done, such as `hire.create`.
    pub action: String,
    /// To which thing.
    pub resource: String,
    /// How it ended.
    #[serde(default)]
    pub outcome: Outcome,
    /// Values before.
    pub old: Value,
    /// Values after.
    pub new: Value,
    /// How often it happened, for what is recorded once a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The personal values.
    #[serde(default)]
    pub digests: PersonalDigests,
}

impl RecordBody {
    /// SHA-256 of the canonical JSON: what an entry holds of the record.
    pub fn digest(&self) -> Result<Digest, Unwritable> {
        Ok(Digest::of(&[&canonical(self)?]))
    }
}
