//! A SHA-256 hash, 32 bytes, written as Base64.

use aws_lc_rs::{digest, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The hash of all parts behind each other.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(part);
        }
        Self::taken(context.finish().as_ref())
    }

    /// What stands for a personal value: HMAC-SHA256 of its name and itself under a salt of one record. Without the salt it
    /// tells nothing, so that the value is gone for good when both are erased.
    pub fn of_personal(salt: &[u8], name: &str, value: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, salt);
        Self::taken(hmac::sign(&key, format!("{name}\n{value}").as_bytes()).as_ref())
    }

    fn taken(bytes: &[u8]) -> Self {
        let mut taken = [0; 32];
        taken.copy_from_slice(bytes);
        Self(taken)
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Digest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = STANDARD.decode(text).map_err(|_| "not Base64")?;
        bytes.try_into().map(Self).map_err(|_| "not 32 bytes")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
