//! Refresh tokens: `base64url(user || session || secret)`. A successor follows from the secret
//! presented and a salt that the server draws once, so refreshes that race with one token all get
//! the same successor, and nobody without the token can compute it.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use vestibule_domain::{SessionId, UserId, World};

use crate::{TokenDigest, TokenError};

/// A refresh token in its parts. Parsing one proves nothing: the session's digests decide.
#[derive(Debug)]
pub struct RefreshToken {
    /// Whose session.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    secret: SecretBox<[u8; 32]>,
}

impl RefreshToken {
    /// A new chain's first token.
    pub fn new(user: UserId, session: SessionId, world: &World) -> Self {
        Self { user, session, secret: hidden(world.bytes()) }
    }

    /// Reads the 86 characters that [`RefreshToken::to_text`] writes; refuses any other spelling.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let mut bytes = [0; 64];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| TokenError)?;
        let (user, rest) = bytes.split_first_chunk().filter(|_| length == 64).ok_or(TokenError)?;
        let (session, rest) = rest.split_first_chunk().ok_or(TokenError)?;
        let secret = hidden(rest.try_into().map_err(|_| TokenError)?);
        Ok(Self { user: UserId::from_bytes(*user), session: SessionId::from_bytes(*session), secret })
    }

    /// The text for the client: 86 characters of base64url.
    pub fn to_text(&self) -> SecretString {
        let parts = [&self.user.to_bytes()[..], &self.session.to_bytes(), self.secret.expose_secret()];
        URL_SAFE_NO_PAD.encode(parts.concat()).into()
    }

    /// What the table keeps.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.secret.expose_secret())
    }

    /// The token that follows this one under `salt`; the same each time it is asked.
    #[must_use]
    pub fn successor(&self, salt: &[u8; 16]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.expose_secret());
        let mut secret = [0; 32];
        secret.copy_from_slice(hmac::sign(&key, salt).as_ref());
        Self { user: self.user, session: self.session, secret: hidden(secret) }
    }
}

fn hidden(secret: [u8; 32]) -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new(secret))
}

#[cfg(test)]
mod tests {
    use vestibule_domain::Id;

    use super::*;

    fn token(fill: u8) -> RefreshToken {
        let world = World::new(|| jiff::Timestamp::UNIX_EPOCH, move |buffer| buffer.fill(fill));
        RefreshToken::new(Id::from_parts(7, 1), Id::from_parts(7, 2), &world)
    }

    #[test]
    fn a_token_survives_its_text_and_hides_in_debug() {
        let token = token(9);
        let text = token.to_text();
        let text = text.expose_secret();
        assert_eq!(text.len(), 86);
        let read = RefreshToken::parse(text).unwrap();
        assert_eq!((read.user, read.session, read.digest()), (token.user, token.session, token.digest()));
        assert!(format!("{token:?}").contains("REDACTED"));
        for wrong in [
            "",
            &text[..85],
            &text[..80],
            &format!("{text}A"),
            &format!("{text}="),
            &format!("{}B", &text[..85]),
        ] {
            assert!(RefreshToken::parse(wrong).is_err(), "{wrong}");
        }
    }

    /// RFC 4231 fixes HMAC-SHA256 for short keys only; this value is from Python's `hmac`.
    #[test]
    fn a_successor_is_the_hmac_of_the_salt_under_the_secret() {
        let next = token(0x0b).successor(&[0x42; 16]);
        assert_eq!(
            URL_SAFE_NO_PAD.encode(next.secret.expose_secret()),
            "22T30RrLhEXc0Z2z_TwdkbcuDZE10y48LmK-t6csGPM"
        );
        assert_eq!(next.digest().as_str(), "65dUmYjWr1uWHw2SimNjTe1mGos14tfx7IBFH7HcwfA");
    }

    #[test]
    fn equal_salts_give_one_branch_and_other_salts_or_tokens_another() {
        let one = token(1);
        assert_eq!(one.successor(&[5; 16]).digest(), one.successor(&[5; 16]).digest());
        assert_ne!(one.successor(&[5; 16]).digest(), one.successor(&[6; 16]).digest());
        assert_ne!(one.successor(&[5; 16]).digest(), token(2).successor(&[5; 16]).digest());
        assert_eq!(one.successor(&[5; 16]).session, one.session);
    }
}
