//! Corporate addresses: folding a name to an ASCII local part and numbering it when it is taken.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Invalid, PersonName, email::domain_ok};

/// Longest local part that leaves room for a number: `WorkMail`'s user name is the shortest limit.
const MAX_LOCAL: usize = 60;

/// Local parts that stand for a function, not a person (RFC 2142 and common use).
const RESERVED: &[&str] = &[
    "abuse",
    "accounts",
    "admin",
    "administrator",
    "billing",
    "contact",
    "finance",
    "help",
    "hostmaster",
    "hr",
    "info",
    "it",
    "legal",
    "mail",
    "mailer-daemon",
    "marketing",
    "no-reply",
    "noreply",
    "office",
    "postmaster",
    "press",
    "privacy",
    "root",
    "sales",
    "security",
    "support",
    "sysadmin",
    "webmaster",
];

/// A mail domain of the business, lower-case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Reads a domain such as `acme.example`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_lowercase();
        if domain_ok(&text) {
            Ok(Self(text))
        } else {
            Err(Invalid::new("Give a mail domain, for example acme.example."))
        }
    }

    /// The domain's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a name has no usable local part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// Nothing of the name can be written in ASCII letters.
    #[error("the name has no letters that an address can hold")]
    Empty,
    /// The result belongs to a function of the business, such as `postmaster`.
    #[error("the name folds to a reserved address")]
    Reserved,
}

/// The part before the `@`: `[a-z0-9.-]`, beginning and ending with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPart(String);

impl LocalPart {
    /// Folds a name: `José` `Ó'Brien` becomes `jose.obrien`. A part without letters is left out.
    pub fn fold(given: &PersonName, family: &PersonName) -> Result<Self, FoldError> {
        let parts = [fold_part(given.as_str()), fold_part(family.as_str())];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let mut joined = parts.join(".");
        joined.truncate(MAX_LOCAL);
        let joined = joined.trim_end_matches(['.', '-']);
        match joined {
            "" => Err(FoldError::Empty),
            reserved if RESERVED.contains(&reserved) => Err(FoldError::Reserved),
            usable => Ok(Self(usable.to_owned())),
        }
    }

    /// Reads a local part that a person chose.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let ends = text.bytes().next().is_some_and(inner) && text.bytes().last().is_some_and(inner);
        let body = text.bytes().all(|b| inner(b) || b == b'.' || b == b'-') && !text.contains("..");
        if !ends || !body || text.len() > MAX_LOCAL {
            return Err(Invalid::new(format!(
                "Use up to {MAX_LOCAL} lower-case letters, digits, dots and hyphens, for example jo.field."
            )));
        }
        if RESERVED.contains(&text) {
            return Err(Invalid::new("This local part is reserved; choose another."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The `n`th spelling to try, from 1: `jose.obrien`, `jose.obrien2`, `jose.obrien3`, ...
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        if n <= 1 { self.clone() } else { Self(format!("{}{n}", self.0)) }
    }

    /// The local part's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full address at `domain`.
    pub fn at(&self, domain: &Domain) -> Address {
        Address { local: self.clone(), domain: domain.clone() }
    }
}

/// ASCII letters and digits of one name part; spaces become hyphens, everything else goes.
fn fold_part(text: &str) -> String {
    let mut folded = String::new();
    for c in deunicode::deunicode_with_tofu(text, "").chars() {
        match c {
            c if c.is_ascii_alphanumeric() => folded.push(c.to_ascii_lowercase()),
            ' ' | '-' if !folded.is_empty() && !folded.ends_with('-') => folded.push('-'),
            _ => {}
        }
    }
    folded.trim_end_matches('-').to_owned()
}

/// A corporate mailbox address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: LocalPart,
    domain: Domain,
}

impl Address {
    /// The part before the `@`.
    pub fn local(&self) -> &LocalPart {
        &self.local
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local.0, self.domain.0)
    }
}

impl TryFrom<String> for Domain {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}
impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}
impl TryFrom<String> for LocalPart {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        // What is stored may carry a number beyond the limit for a chosen one.
        let base = text.trim_end_matches(|c: char| c.is_ascii_digit());
        if base.is_empty() {
            Self::parse(&text)
        } else {
            Self::parse(base.trim_end_matches(['.', '-'])).map(|_| Self(text))
        }
    }
}
impl From<LocalPart> for String {
    fn from(local: LocalPart) -> Self {
        local.0
    }
}
impl TryFrom<String> for Address {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        let (local, domain) = text.split_once('@').ok_or_else(|| Invalid::new("An address needs an @."))?;
        Ok(Self { local: LocalPart::try_from(local.to_owned())?, domain: Domain::parse(domain)? })
    }
}
impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fold(given: &str, family: &str) -> Result<String, FoldError> {
        let name = |text| PersonName::parse(text).unwrap();
        LocalPart::fold(&name(given), &name(family)).map(String::from)
    }

    #[test]
    fn names_fold_to_ascii() {
        assert_eq!(fold("José", "Ó'Brien"), Ok("jose.obrien".into()));
        assert_eq!(fold("Anna Maria", "Müller-Lüdenscheidt"), Ok("anna-maria.muller-ludenscheidt".into()));
        assert_eq!(fold("Łukasz", "Żółć"), Ok("lukasz.zolc".into()));
        assert_eq!(fold("Cher", "'"), Ok("cher".into()));
    }

    #[test]
    fn reserved_and_empty_folds_are_refused() {
        assert_eq!(fold("Postmaster", "."), Err(FoldError::Reserved));
        assert_eq!(fold("!!", "--"), Err(FoldError::Empty));
    }

    #[test]
    fn numbers_follow_the_name_without_a_gap() {
        let local = LocalPart::parse("jose.obrien").unwrap();
        let spelled: Vec<String> = (1..=3).map(|n| local.numbered(n).into()).collect();
        assert_eq!(spelled, ["jose.obrien", "jose.obrien2", "jose.obrien3"]);
    }

    proptest! {
        #[test]
        fn every_fold_is_a_valid_address(given in "\\PC{1,60}", family in "\\PC{1,60}", n in 1u32..9999) {
            let (Ok(given), Ok(family)) = (PersonName::parse(&given), PersonName::parse(&family)) else { return Ok(()) };
            if let Ok(local) = LocalPart::fold(&given, &family) {
                prop_assert!(local.as_str().len() <= MAX_LOCAL);
                let address = local.numbered(n).at(&Domain::parse("acme.example").unwrap());
                prop_assert_eq!(Address::try_from(address.to_string()).unwrap(), address);
            }
        }
    }
}
