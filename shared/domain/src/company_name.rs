//! A company's name, as mails and pages show it.

use crate::Invalid;

/// Most characters of a name.
pub const LONGEST_COMPANY_NAME: usize = 80;

/// One plain line of 1 to 80 characters of any script, with a letter or digit among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyName(String);

impl CompanyName {
    /// Reads a name as a person typed it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if !text.contains(char::is_alphanumeric) {
            return Err(Invalid::new("Give a name with a letter or a digit."));
        }
        if text.contains(is_hidden) {
            return Err(Invalid::new("Give the name as one line, without hidden characters."));
        }
        if text.chars().count() > LONGEST_COMPANY_NAME {
            return Err(Invalid::new("Give a name of at most 80 characters."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character shows nothing itself, or changes how others are shown: controls, directions, joiners, tags.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{61c}')
        || matches!(c, '\u{ad}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_kept_and_tricks_refused() {
        for good in ["Acme", "Müller & Söhne GmbH", "株式会社", "3M", "  Acme  ", &"é".repeat(80)] {
            assert_eq!(CompanyName::parse(good).unwrap().as_str(), good.trim());
        }
        for bad in
            ["", "  ", "--", "Acme\nInc", "a\u{1b}b", "Acme \u{202e}gnirt", "a\u{200b}b", &"x".repeat(81)]
        {
            assert!(CompanyName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
