//! What the directories keep of a password.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

/// SHA-256 over user id and password, in base64: enough to compare, and no password on disk.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PasswordHash(String);

impl PasswordHash {
    pub(crate) fn of(user: &str, password: &str) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(user.as_bytes());
        context.update(b"\0");
        context.update(password.as_bytes());
        Self(BASE64_STANDARD.encode(context.finish()))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}
