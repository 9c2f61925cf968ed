//! Access tokens: short-lived ES256 JWTs that name person, session and tenant.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use vestibule_domain::{SessionId, TenantId, UserId};

use crate::{SigningKey, VerificationKeys};

/// How long an access token lives.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// The audience of tokens for staff endpoints.
pub const AUDIENCE: &str = "vestibule";
/// The `typ` header of an access token (RFC 9068).
const TYPE: &str = "at+jwt";
/// Longest token looked at.
const MAX_LENGTH: usize = 4096;
/// How far the clocks of signer and verifier may be apart.
const LEEWAY: i64 = 5;

/// A token that is not accepted. Deliberately says no more: strangers learn nothing from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct TokenError;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer: the deployment's own address.
    pub iss: String,
    /// Audience: always [`AUDIENCE`].
    pub aud: String,
    /// The person.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// The tenant whose context the token is for.
    pub tenant: TenantId,
    /// Issued at, in seconds since 1970.
    pub iat: i64,
    /// Not valid from this second on.
    pub exp: i64,
}

/// A signed access token.
#[derive(Debug, Clone)]
pub struct AccessToken(pub SecretString);

impl AccessToken {
    /// Signs a token for `user` in `tenant` that ends 15 minutes after `now`.
    pub fn issue(
        key: &SigningKey,
        issuer: &str,
        (user, session, tenant): (UserId, SessionId, TenantId),
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        let iat = now.as_second();
        let exp = iat + ACCESS_LIFETIME.as_secs();
        let (iss, aud) = (issuer.to_owned(), AUDIENCE.to_owned());
        let claims = Claims { iss, aud, sub: user, sid: session, tenant, iat, exp };
        let header = Header {
            typ: Some(TYPE.into()),
            kid: Some(key.public().kid.clone()),
            ..Header::new(Algorithm::ES256)
        };
        encode(&header, &claims, &key.encoding()).map(|token| Self(token.into())).map_err(|_| TokenError)
    }
}

/// Checks access tokens against the published keys of one issuer.
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: VerificationKeys,
    issuer: String,
}

impl Verifier {
    /// Tokens must be signed by one of `keys` and name `issuer`.
    pub fn new(keys: VerificationKeys, issuer: impl Into<String>) -> Self {
        Self { keys, issuer: issuer.into() }
    }

    /// The keys it trusts.
    pub fn keys(&self) -> &VerificationKeys {
        &self.keys
    }

    /// What the token says, if it is ours, of the right type and audience, and alive at `now`.
    /// Key ids are looked up among our own keys; nothing that a token names is ever fetched.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        if token.len() > MAX_LENGTH {
            return Err(TokenError);
        }
        let header = decode_header(token).map_err(|_| TokenError)?;
        if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some(TYPE) {
            return Err(TokenError);
        }
        let key = header.kid.as_deref().and_then(|kid| self.keys.find(kid)).ok_or(TokenError)?;
        let claims = decode::<Claims>(token, &key, &self.validation()).map_err(|_| TokenError)?.claims;
        let now = now.as_second();
        if claims.exp <= now - LEEWAY || claims.iat > now + LEEWAY {
            return Err(TokenError);
        }
        Ok(claims)
    }

    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library reads the system clock; time is an argument here and compared in `verify`.
        validation.validate_exp = false;
        validation
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use vestibule_domain::Id;

    use super::*;

    fn setting() -> (SigningKey, Verifier, String, Timestamp) {
        let key = SigningKey::generate().unwrap();
        let verifier =
            Verifier::new(VerificationKeys { keys: vec![key.public().clone()] }, "https://a.example");
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let who = (Id::from_parts(1, 1), Id::from_parts(1, 2), Id::from_parts(1, 3));
        let token = AccessToken::issue(&key, "https://a.example", who, now).unwrap();
        (key, verifier, token.0.expose_secret().to_owned(), now)
    }

    #[test]
    fn a_token_lives_fifteen_minutes() {
        let (_, verifier, token, now) = setting();
        assert!(verifier.verify(&token, now).is_ok());
        assert!(verifier.verify(&token, now + SignedDuration::from_mins(14)).is_ok());
        assert_eq!(verifier.verify(&token, now + SignedDuration::from_mins(16)), Err(TokenError));
        assert_eq!(verifier.verify(&token, now - SignedDuration::from_mins(1)), Err(TokenError));
    }

    #[test]
    fn tokens_of_other_keys_issuers_and_spellings_are_refused() {
        let (key, verifier, token, now) = setting();
        let other = Verifier::new(verifier.keys().clone(), "https://b.example");
        assert_eq!(other.verify(&token, now), Err(TokenError));
        let stranger = SigningKey::generate().unwrap();
        let foreign =
            Verifier::new(VerificationKeys { keys: vec![stranger.public().clone()] }, "https://a.example");
        assert_eq!(foreign.verify(&token, now), Err(TokenError));
        let [header, body, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        for wrong in [
            format!("{header}.{body}."),
            format!("eyJhbGciOiJub25lIn0.{body}."),
            format!("{header}.{body}.{signature}A"),
            format!("{header}.{}.{signature}", body.replacen('e', "f", 1)),
            String::new(),
            "x".repeat(5000),
        ] {
            assert_eq!(verifier.verify(&wrong, now), Err(TokenError), "{wrong}");
        }
        let secret = key.to_secret();
        assert_eq!(SigningKey::from_secret(&secret).unwrap().public(), key.public());
    }
}
