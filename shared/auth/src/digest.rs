//! What the table keeps of an opaque token: its SHA-256, which opens nothing.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Base64url of a SHA-256: 43 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenDigest(String);

impl TokenDigest {
    pub(crate) fn of(secret: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest(&SHA256, secret)))
    }

    /// The 43 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
