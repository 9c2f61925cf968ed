//! Stored hashes as PHC strings:
//! `$argon2id$v=19$m=..,t=..,p=..[,keyid=..]$salt$hash`, base64 without padding.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};

use super::{HasherError, Profile};

/// A password hash as the table keeps it: a PHC string.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// A PHC string in its parts.
pub(super) struct Phc {
    pub(super) profile: Profile,
    /// Which pepper went into the hash.
    pub(super) key_id: Option<String>,
    pub(super) salt: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl Phc {
    pub(super) fn read(stored: &PasswordHash) -> Result<Self, HasherError> {
        Self::parse(&stored.0).ok_or(HasherError::Stored)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (terms, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let (cost, key_id) = match terms.split_once(",keyid=") {
            Some((cost, key_id)) => (cost, Some(String::from_utf8(BASE64.decode(key_id).ok()?).ok()?)),
            None => (terms, None),
        };
        let bytes = |text: &str, least: usize| {
            let bytes = BASE64.decode(text).ok();
            bytes.filter(|bytes| (least..=64).contains(&bytes.len()))
        };
        let profile = Profile::from_terms(cost.split(','))?;
        let phc = Self { profile, key_id, salt: bytes(salt, 8)?, hash: bytes(hash, 16)? };
        parts.next().is_none().then_some(phc)
    }

    pub(super) fn write(&self) -> PasswordHash {
        let key_id = self.key_id.as_ref().map(|id| format!(",keyid={}", BASE64.encode(id)));
        let (cost, key_id) = (self.profile, key_id.unwrap_or_default());
        let (salt, hash) = (BASE64.encode(&self.salt), BASE64.encode(&self.hash));
        PasswordHash(format!("$argon2id$v=19${cost}{key_id}${salt}${hash}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str =
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    #[test]
    fn a_phc_string_survives_reading() {
        let peppered = PLAIN.replace("p=1", "p=1,keyid=cDE");
        for text in [PLAIN, &peppered] {
            let stored: PasswordHash = serde_json::from_value(text.into()).unwrap();
            assert_eq!(Phc::read(&stored).unwrap().write(), stored);
            assert!(!format!("{stored:?}").contains('$'));
        }
        assert_eq!(Phc::parse(&peppered).unwrap().key_id.as_deref(), Some("p1"));
    }

    #[test]
    fn strings_that_ask_for_too_much_or_are_broken_are_refused() {
        for (from, to) in [
            ("m=256", "m=4294967295"),
            ("m=256", "m=1048577"),
            ("t=2", "t=4294967295"),
            ("p=1", "p=16777215"),
            ("p=1", "p=1,data=AA"),
            ("p=1", "p=1,keyid=!"),
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
            ("c29tZXNhbHQ", "c29t"),
            ("c29tZXNhbHQ", "c29tZXNhbHQ$x"),
            ("nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "nf65EOgL"),
            ("/4", "/5"),
            ("$nf65", "nf65"),
        ] {
            assert!(Phc::parse(&PLAIN.replace(from, to)).is_none(), "{to}");
        }
    }
}
