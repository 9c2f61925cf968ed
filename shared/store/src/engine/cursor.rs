//! Pages and their cursors. A cursor is opaque, sealed with a key, and bound to the tenant and
//! the list it came from: it opens no other.

use std::fmt::Display;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

/// Bytes of the seal in front of the position.
const SEAL: usize = 16;
/// Entries on a page when the client does not say.
const DEFAULT_LIMIT: u16 = 50;
/// Most entries on a page.
const MAX_LIMIT: u16 = 100;

/// A cursor that was altered or comes from another list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor does not belong to this list; start again without one")]
pub struct CursorError;

/// The key that seals cursors.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

impl CursorKey {
    /// Any secret text of good length.
    pub fn new(secret: &SecretString) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()))
    }

    /// A key for the cursors of one operation, where another one lists the same rows.
    pub(crate) fn of(&self, operation: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&self.0, operation.as_bytes()).as_ref()))
    }

    fn seal(&self, owner: impl Display, list: &str, position: &str) -> Vec<u8> {
        let text = format!("{owner}\n{list}\n{position}");
        hmac::sign(&self.0, text.as_bytes()).as_ref()[..SEAL].to_vec()
    }
}

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey")
    }
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// Seals the position behind `list` of `owner`: a tenant, or the platform. A list's name holds no line break.
    pub fn seal(key: &CursorKey, owner: impl Display, list: &str, position: &str) -> Self {
        let mut bytes = key.seal(owner, list, position);
        bytes.extend_from_slice(position.as_bytes());
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The position, if the seal fits.
    pub fn open(text: &str, key: &CursorKey, owner: impl Display, list: &str) -> Result<String, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let (seal, position) = bytes.split_at_checked(SEAL).ok_or(CursorError)?;
        let position = std::str::from_utf8(position).map_err(|_| CursorError)?;
        let expected = key.seal(owner, list, position);
        aws_lc_rs::constant_time::verify_slices_are_equal(seal, &expected).map_err(|_| CursorError)?;
        Ok(position.to_owned())
    }

    /// The text given to the client.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which page is wanted.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// Entries wanted, 1 to 100; 50 when absent.
    pub limit: Option<u16>,
    /// The cursor of the page before.
    pub cursor: Option<String>,
}

impl PageRequest {
    pub(crate) fn size(&self) -> i32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT).into()
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    /// The entries that can be read, newest first.
    pub items: Vec<T>,
    /// The ids of those that cannot, newest first.
    pub damaged: Vec<String>,
    /// The cursor of the next page; absent at the end.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use vestibule_domain::{Id, TenantId};

    use super::*;

    #[test]
    fn a_cursor_opens_only_the_list_it_came_from() {
        let key = CursorKey::new(&"secret".to_owned().into());
        let (a, b): (TenantId, TenantId) = (Id::from_parts(1, 1), Id::from_parts(1, 2));
        let cursor = Cursor::seal(&key, a, "HIRE#", "HIRE#x");
        let text = cursor.as_str();
        assert_eq!(Cursor::open(text, &key, a, "HIRE#").as_deref(), Ok("HIRE#x"));
        assert!(Cursor::open(text, &key, b, "HIRE#").is_err());
        assert!(Cursor::open(text, &key, a, "JOB#").is_err());
        assert!(Cursor::open(&text[1..], &key, a, "HIRE#").is_err());
        assert!(Cursor::open("", &key, a, "HIRE#").is_err());
    }
}
