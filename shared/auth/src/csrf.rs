//! CSRF tokens: a seal over the session's id, so nothing is stored and no other session's fits.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use vestibule_domain::SessionId;

/// The key that seals CSRF tokens.
#[derive(Clone)]
pub struct CsrfKey(hmac::Key);

impl CsrfKey {
    /// Any secret text of good length. The key is derived from it for this use alone, so the same
    /// secret may serve others.
    pub fn new(secret: &SecretString) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"csrf").as_ref()))
    }

    /// The session's token: 43 characters of base64url, the same for the session's whole life.
    pub fn token(&self, session: SessionId) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, &session.to_bytes()))
    }

    /// Whether `text` is the session's token; compares in constant time.
    pub fn check(&self, session: SessionId, text: &str) -> bool {
        let mut seal = [0; 32];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut seal);
        length == Ok(seal.len()) && hmac::verify(&self.0, &session.to_bytes(), &seal).is_ok()
    }
}

impl std::fmt::Debug for CsrfKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CsrfKey")
    }
}

#[cfg(test)]
mod tests {
    use vestibule_domain::Id;

    use super::*;

    #[test]
    fn a_token_fits_its_own_session_and_key() {
        let key = CsrfKey::new(&"0123456789abcdef".into());
        let (session, other) = (Id::from_parts(1, 1), Id::from_parts(1, 2));
        let token = key.token(session);
        assert_eq!(token.len(), 43);
        assert!(key.check(session, &token));
        assert!(!key.check(other, &token));
        assert!(!CsrfKey::new(&"another secret".into()).check(session, &token));
        for wrong in ["", &token[..42], &format!("{token}="), &"A".repeat(43), &"A".repeat(9999)] {
            assert!(!key.check(session, wrong), "{wrong}");
        }
    }
}
