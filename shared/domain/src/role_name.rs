//! Names of roles, as memberships hold them.

use serde::{Deserialize, Serialize};

use crate::{Invalid, Stored, stored::is_word, stored_text};

/// The name of a role in memberships: 1 to 40 lower-case letters, digits and underscores, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(String);

impl RoleName {
    /// Reads a name as a person typed it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let letter = text.starts_with(|c: char| c.is_ascii_lowercase());
        if letter && text.len() <= 40 && text.bytes().all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new("Use 1 to 40 lower-case letters, digits and underscores, a letter first."))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Stored for RoleName {
    const MEANS: &'static str = "the name of a role: one word without @ and #";

    fn keeps(text: &str) -> bool {
        is_word(text)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(RoleName);
