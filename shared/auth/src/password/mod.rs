//! Passwords: read and normalised once, judged by the policy when chosen, hashed with argon2id.

mod blocklist;
mod hasher;
mod phc;
mod policy;
mod profile;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization as _;
use vestibule_domain::Invalid;

pub use hasher::{Hasher, Verdict};
pub use phc::PasswordHash;
pub use policy::Policy;
pub use profile::{HasherError, Profile};

/// Longest password in bytes as sent.
const MAX_BYTES: usize = 1024;

/// A password in Unicode NFKC, so that the same characters typed on another keyboard are the same
/// password. Every hash without a mark was made from this form: a later form must mark its hashes.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Reads a password as sent: 1 to 1024 bytes without control characters, otherwise any.
    pub fn parse(sent: &SecretString) -> Result<Self, Invalid> {
        let sent = sent.expose_secret();
        if sent.is_empty() {
            return Err(Invalid::new("Give a password."));
        }
        if sent.len() > MAX_BYTES {
            return Err(Invalid::new("Give a password of at most 1024 bytes."));
        }
        if sent.chars().any(char::is_control) {
            return Err(Invalid::new("Leave line breaks, tabs and other control characters out."));
        }
        Ok(Self(sent.nfkc().collect::<String>().into()))
    }

    fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, Invalid> {
        Password::parse(&text.into()).map(|password| password.text().to_owned())
    }

    /// If this fails, people with such passwords can no longer sign in.
    #[test]
    fn normalisation_stays_what_stored_hashes_were_made_from() {
        for (sent, kept) in [
            ("Cafe\u{301}", "Caf\u{e9}"),
            ("\u{fb01}ve", "five"),
            ("\u{212b}", "\u{c5}"),
            ("\u{ff21}\u{ff11}\u{3000}x\u{a0}y", "A1 x y"),
            ("x\u{b2}\u{2460}\u{2122}", "x21TM"),
            ("\u{1100}\u{1161}", "\u{ac00}"),
            ("\u{df} \u{130} \u{1f600}", "\u{df} \u{130} \u{1f600}"),
            (" two  spaces ", " two  spaces "),
        ] {
            assert_eq!(parse(sent).as_deref(), Ok(kept), "{sent}");
        }
    }

    #[test]
    fn what_cannot_be_a_password_is_refused_before_anything_costly() {
        assert!(parse(&"x".repeat(1024)).is_ok());
        for wrong in ["", "line\nbreak", "nul\0", "del\u{7f}", "c1\u{85}", &"x".repeat(1025)] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(!format!("{:?}", Password::parse(&"hunter2".into())).contains("hunter"));
    }
}
