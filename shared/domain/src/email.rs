//! Mail addresses as people give them.

use serde::{Deserialize, Serialize};

use crate::{Invalid, Stored, stored_text};

/// A mail address: one `@`, an ASCII local part, a domain with a dot; at most 254 characters.
/// The domain is lower-cased; the local part is kept as given.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address. One address only: lists, display names and line breaks are refused.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let refused = || Invalid::new("Give one mail address, for example kim@example.org.");
        let (local, domain) = text.rsplit_once('@').ok_or_else(refused)?;
        if text.len() > 254 || !local_ok(local) || !domain_ok(domain) {
            return Err(refused());
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one spelling under which an account is known: all lower-case. Providers could tell
    /// `Kim@` from `kim@`; people cannot.
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The domain, lower-case.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address with all but the first letter of its local part hidden, for screens and logs.
    pub fn masked(&self) -> String {
        let first = self.0.chars().next().unwrap_or('*');
        format!("{first}***@{}", self.domain())
    }
}

fn local_ok(local: &str) -> bool {
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&b);
    (1..=64).contains(&local.len())
        && local.bytes().all(atom)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

/// True for a domain of two or more labels of letters, digits and inner hyphens.
pub(crate) fn domain_ok(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label)
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}
impl Stored for Email {
    const MEANS: &'static str = "a mail address: one line";

    fn keeps(text: &str) -> bool {
        !text.is_empty() && !text.chars().any(char::is_control)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(Email);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_taken_and_everything_else_refused() {
        assert_eq!(Email::parse(" Kim@Example.ORG ").map(String::from), Ok("Kim@example.org".into()));
        for wrong in [
            "",
            "kim",
            "kim@",
            "@x.org",
            "kim@localhost",
            "a@x.org,b@x.org",
            "a@x.org\r\nBcc: b@x.org",
            "Kim <kim@x.org>",
            ".a@x.org",
            "a..b@x.org",
            "jos\u{e9}@x.org",
            "a@-x.org",
            "a@x..org",
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn debug_output_hides_the_person() {
        assert_eq!(format!("{:?}", Email::parse("kim@example.org").unwrap()), "k***@example.org");
    }

    #[test]
    fn fault_01_a_stored_address_is_read_whatever_the_rule_for_new_ones() {
        for old in ["kim@localhost", ".a..b@x.org", "jos\u{e9}@x.org", "kim", "\"kim doe\"@x.org"] {
            assert_eq!(Email::try_from(old.to_owned()).map(String::from), Ok(old.to_owned()));
        }
        for wrong in ["", "a@x.org\r\nBcc: b@x.org"] {
            assert!(Email::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
    }
}
