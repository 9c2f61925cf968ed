//! What an administrator of the platform can sign in with in place of an address.

use serde::{Deserialize, Serialize};

use crate::{Invalid, Stored, stored::is_word, stored_text};

/// 3 to 40 lower-case letters and digits, with single dots, hyphens and underscores between them. Never an address: it has
/// no `@`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

impl UserName {
    /// Reads a user name as a person typed it; capitals make no difference.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_lowercase();
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if (3..=40).contains(&text.len()) && text.split(['.', '-', '_']).all(plain) {
            return Ok(Self(text));
        }
        Err(Invalid::new(
            "Use 3 to 40 letters and digits, with single dots, hyphens or underscores between them.",
        ))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Stored for UserName {
    const MEANS: &'static str = "a user name: one word without @ and #";

    fn keeps(text: &str) -> bool {
        is_word(text)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(UserName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_without_an_at_sign_is_a_user_name() {
        for (typed, name) in [
            ("100ktrackeradmin-general", "100ktrackeradmin-general"),
            (" Jo.Doe_2 ", "jo.doe_2"),
            ("abc", "abc"),
        ] {
            assert_eq!(UserName::parse(typed).map(String::from), Ok(name.to_owned()));
        }
        for bad in
            ["", "ab", "a..b", "-abc", "abc.", "a b c", "kim@example.org", "a#b", "zoë", &"a".repeat(41)]
        {
            assert!(UserName::parse(bad).is_err(), "{bad}");
        }
    }
}
