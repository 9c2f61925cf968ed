//! One entry of a chain: what the tree commits to for one record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Digest;

/// A value that has no canonical form, such as a number that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value has no canonical form")]
pub struct Unwritable;

/// What is hashed as a leaf: place and time in the open, the record itself as a digest. An entry alone shows that a record
/// of this time was there, and whether it was to go, without telling what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was done.
    pub at: Timestamp,
    /// SHA-256 of the record's canonical JSON.
    pub body: Digest,
    /// The chain's name: a tenant's id, or `platform`.
    pub chain: String,
    /// Until when the record is kept; absent when it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// The record's id.
    pub id: String,
    /// Its place in the chain, from 1 without gaps.
    pub number: u64,
}

impl Entry {
    /// The leaf hash (RFC 9162, 2.1.1): SHA-256 of a zero byte and the entry's canonical JSON.
    pub fn leaf(&self) -> Result<Digest, Unwritable> {
        Ok(Digest::of(&[&[0], &canonical(self)?]))
    }
}

/// Canonical JSON (RFC 8785): the same bytes for the same value, whoever writes it.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, Unwritable> {
    serde_json_canonicalizer::to_vec(value).map_err(|_| Unwritable)
}
