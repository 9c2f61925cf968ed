//! The documents a hire must sign, and how far an envelope with one has come.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Invalid, Stored, stored::is_word, stored_text};

/// The name of a required document: 1 to 32 of `[a-z0-9_]`, such as `w9` or `hire_agreement`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentKind(String);

impl DocumentKind {
    /// Reads a kind.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("A document kind has 1 to 32 of a-z, 0-9 and _, for example w9."))
        }
    }

    /// The kind's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Stored for DocumentKind {
    const MEANS: &'static str = "a document kind: one word without @ and #";

    fn keeps(text: &str) -> bool {
        is_word(text)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(DocumentKind);

/// How far a document or one of its envelopes has come. For one envelope a later variant always wins over an
/// earlier one, whatever the order of arrival; the three ways to end without a signature are of one rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// Not sent yet.
    Pending,
    /// With the signer.
    Sent,
    /// Opened by the signer.
    Viewed,
    /// Refused by the signer.
    Declined,
    /// Taken back by the sender.
    Voided,
    /// Not signed in time.
    Expired,
    /// Signed by everyone. Nothing moves a document or envelope on from here.
    Signed,
}

impl DocumentStatus {
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Sent => 1,
            Self::Viewed => 2,
            Self::Declined | Self::Voided | Self::Expired => 3,
            Self::Signed => 4,
        }
    }
}
