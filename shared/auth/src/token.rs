//! Access tokens: short-lived ES256 JWTs that name person, session and, once one is chosen, tenant.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use vestibule_domain::{SessionId, TenantId, UserId};

use crate::{
    SigningKey, TokenError, Verifier,
    jwt::{Contents, Kind, Registered, sign, span},
};

/// How long an access token lives.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// The audience of tokens for staff endpoints.
pub const AUDIENCE: &str = "vestibule";

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
    /// The tenant whose context the token is for; none before the person is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// Issued at, in seconds since 1970.
    pub iat: i64,
    /// Not valid from this second on.
    pub exp: i64,
}

impl Claims {
    /// Whether the token has begun and not ended at `now`, as the verifier sees it.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        crate::jwt::lives(self.iat, self.exp, now)
    }
}

impl Contents for Claims {
    // RFC 9068 gives the type.
    const KIND: Kind = Kind { typ: "at+jwt", audience: AUDIENCE, lifetime: ACCESS_LIFETIME };

    fn registered(&self) -> Registered<'_> {
        Registered { iss: &self.iss, aud: &self.aud, iat: self.iat, exp: self.exp }
    }
}

/// A signed access token.
#[derive(Debug, Clone)]
pub struct AccessToken(pub SecretString);

impl AccessToken {
    /// Signs a token for `user`, in `tenant` if there is one, that ends 15 minutes after `now`.
    pub fn issue(
        key: &SigningKey,
        issuer: &str,
        (user, session, tenant): (UserId, SessionId, Option<TenantId>),
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        let (iat, exp) = span(&Claims::KIND, now);
        let (iss, aud) = (issuer.to_owned(), AUDIENCE.to_owned());
        sign(key, &Claims { iss, aud, sub: user, sid: session, tenant, iat, exp }).map(Self)
    }
}

impl Verifier {
    /// What the access token says, if it is ours and alive at `now`.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        self.open(token, now)
    }

    /// What the access token says, if it is ours, though it may have ended. Such a token opens nothing.
    pub fn verify_past(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        self.open_past(token, now)
    }
}

#[cfg(test)]
mod tests;
