//! What tells a repeated request from another one under the same key.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

/// The key of fingerprints. They are kept in the table, so nobody who reads it may try out bodies against them.
#[derive(Clone)]
pub struct FingerprintKey(hmac::Key);

impl FingerprintKey {
    /// Any secret text of good length. The key is derived from it for this use alone, so the same
    /// secret may serve others.
    pub fn new(secret: &SecretString) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"fingerprint").as_ref()))
    }

    /// The fingerprint of a request: 43 characters of base64url. `body` must hold no secret.
    pub fn of(&self, method: &str, path: &str, body: &[u8]) -> String {
        let mut seal = hmac::Context::with_key(&self.0);
        for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
            seal.update(part);
        }
        URL_SAFE_NO_PAD.encode(seal.sign())
    }
}

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_path_body_and_key_count() {
        let key = FingerprintKey::new(&"0123456789abcdef".into());
        let first = key.of("POST", "/a", b"{}");
        assert_eq!(first, key.of("POST", "/a", b"{}"));
        assert_eq!(first.len(), 43);
        for (method, path, body) in [("PUT", "/a", "{}"), ("POST", "/b", "{}"), ("POST", "/a", "[]")] {
            assert_ne!(first, key.of(method, path, body.as_bytes()));
        }
        assert_ne!(first, FingerprintKey::new(&"another secret".into()).of("POST", "/a", b"{}"));
    }
}
