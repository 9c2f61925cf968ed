//! A company's name, as mails and pages show it.

use crate::{
    Invalid,
    spelling::{Verdict, judged},
};

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
        if is_disguised(text) {
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

/// Whether something in a text shows nothing itself, changes how the rest is shown, or is drawn over other lines.
pub fn is_disguised(text: &str) -> bool {
    judged(text).iter().any(|(_, verdict)| *verdict != Verdict::Fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_kept_and_tricks_refused() {
        let marks = format!("a{}", "\u{301}".repeat(7));
        for good in ["Acme", "Müller & Söhne GmbH", "株式会社", "3M", "  Acme  ", "می‌خواهم", &"é".repeat(80)]
        {
            assert_eq!(CompanyName::parse(good).unwrap().as_str(), good.trim());
        }
        for bad in
            ["", "  ", "--", "Acme\nInc", "a\u{1b}b", "Acme \u{202e}gnirt", "a\u{200b}b", &"x".repeat(81)]
                .into_iter()
                .chain(["\u{3164}", "a\u{115f}", "a\u{2800}b", "a\u{fffc}", "a\u{e000}", &marks])
        {
            assert!(CompanyName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
