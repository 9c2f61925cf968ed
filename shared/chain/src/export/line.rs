//! The lines of an export.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Digest, Entry, Personal, RecordBody, Unwritable, canonical};

/// Hashes in one line of what is left out.
pub const MOST_LEAVES: usize = 500;

/// The format by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// The first one.
    #[serde(rename = "vestibule-audit/1")]
    V1,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The format.
    pub export: Format,
    /// The chain's name.
    pub chain: String,
    /// Which records were asked for; absent when all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<BTreeMap<String, String>>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place in the chain.
    pub number: u64,
    /// Its hash as the chain has it.
    pub leaf: Digest,
    /// What the chain commits to.
    pub record: RecordBody,
    /// Until when it is kept; absent when it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// The personal values that are not erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Personal>,
}

impl Record {
    /// A record with its entry in the chain.
    pub fn new(entry: &Entry, record: RecordBody, personal: Option<Personal>) -> Result<Self, Unwritable> {
        Ok(Self { number: entry.number, leaf: entry.leaf()?, record, expires: entry.expires, personal })
    }
}

/// A run of records that the filter leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The number of the first.
    pub from: u64,
    /// Their hashes, 1 to 500.
    pub leaves: Vec<Digest>,
}

/// A record that retention removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    /// What the chain still has of it.
    pub gone: Entry,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The signed note over all numbers of the file; absent when nothing was ever signed.
    pub checkpoint: Option<String>,
}

/// Any line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Line {
    /// The first one.
    Head(Head),
    /// A record.
    Record(Box<Record>),
    /// Records that are left out.
    LeftOut(LeftOut),
    /// A record that is gone.
    Gone(Gone),
    /// The last one.
    End(End),
}

impl Line {
    /// Its text, without the line feed.
    pub fn text(&self) -> Result<Vec<u8>, Unwritable> {
        canonical(self)
    }

    /// Reads a line; otherwise what is wrong with it.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let json = |error: serde_json::Error| error.to_string();
        let fields: BTreeMap<String, &RawValue> = serde_json::from_slice(text).map_err(json)?;
        let has = |name| fields.contains_key(name);
        let line = match () {
            () if has("export") => serde_json::from_slice(text).map(Self::Head),
            () if has("record") => serde_json::from_slice(text).map(Self::Record),
            () if has("leaves") => serde_json::from_slice(text).map(Self::LeftOut),
            () if has("gone") => serde_json::from_slice(text).map(Self::Gone),
            () if has("checkpoint") => serde_json::from_slice(text).map(Self::End),
            () => return Err("the format knows no such line".to_owned()),
        };
        let line = line.map_err(json)?;
        match line.text() {
            // What the format does not know would be shown, and is in no hash; a field that stands twice may be read either way.
            Ok(written) if written == text => Ok(line),
            _ => Err("it is not in canonical form (RFC 8785), or has a field that the format does not know"
                .to_owned()),
        }
    }
}
