//! A business's colour.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Invalid, Stored, stored_text};

/// A colour as `#rrggbb` in small letters. Where it could not be read, pages take a lighter or darker one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BrandColor(String);

impl BrandColor {
    /// Takes `#rrggbb` in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        let whole = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let refused = || Invalid::new("Give a colour as `#` and six digits from 0 to f, such as #0f766e.");
        if whole { Ok(Self(text.to_ascii_lowercase())) } else { Err(refused()) }
    }

    /// `#rrggbb`
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BrandColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Stored for BrandColor {
    const MEANS: &'static str = "a colour: one line of text";

    fn keeps(text: &str) -> bool {
        !text.chars().any(char::is_control)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(BrandColor);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(BrandColor::parse("#aA33F0").unwrap().as_str(), "#aa33f0");
        for wrong in
            ["", "#", "aa3311", "#aa331", "#aa33111", "#aa331g", "#+a3311", "#é331", " #aa3311", "red"]
        {
            assert!(BrandColor::parse(wrong).is_err(), "{wrong}");
        }
    }
}
