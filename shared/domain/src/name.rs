//! Names of people, kept as they are written.

use serde::{Deserialize, Serialize};

use crate::{Email, Invalid};

/// One part of a person's name: 1 to 60 characters of any script, no control characters, no
/// characters that turn or hide text. Trimmed; inner spaces are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Most characters one part of a name may have; Google's limit, the lowest of the providers.
pub const MAX_CHARACTERS: usize = 60;

impl PersonName {
    /// Reads a name part.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let count = text.chars().count();
        if count == 0 {
            return Err(Invalid::new("Give a name; it is empty."));
        }
        if count > MAX_CHARACTERS {
            return Err(Invalid::new(format!(
                "Shorten the name to {MAX_CHARACTERS} characters; it has {count}."
            )));
        }
        if text.chars().any(hidden) {
            return Err(Invalid::new("Remove line breaks and invisible characters from the name."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

impl From<&Email> for PersonName {
    /// The local part of an address, when nothing better is known: ASCII, shortened.
    fn from(email: &Email) -> Self {
        Self(email.local().chars().take(MAX_CHARACTERS).collect())
    }
}
impl TryFrom<String> for PersonName {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}
impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_kept_and_tricks_refused() {
        for good in ["José", "Ó'Brien", "李", "Anna Maria", "  Kim  ", "O\u{2019}Neill"] {
            assert_eq!(PersonName::parse(good).unwrap().as_str(), good.trim());
        }
        for wrong in ["", "   ", "a\r\nBcc: x", "a\u{202E}b", &"x".repeat(61)] {
            assert!(PersonName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
