//! Whose session a request may end. A way out must not ask for the credential that runs out first: the access token
//! lasts a quarter of an hour, the session up to thirty days.

use http::request::Parts;
use secrecy::{ExposeSecret as _, SecretString};
use vestibule_auth::{RefreshToken, TokenDigest};
use vestibule_domain::{SessionId, UserId};
use vestibule_store::Session;

use crate::{
    Api, ApiError, Code, cookies,
    credentials::{Bearer, bearer, check_csrf, credentials, idempotency_key},
};

/// Somebody who wants out of a session, and how they show that it is theirs.
#[derive(Debug)]
pub struct Parting {
    /// Whose session.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    proof: Proof,
}

#[derive(Debug)]
enum Proof {
    /// An access token that counts.
    Access,
    /// A refresh token of the body; the session's digests decide.
    Refresh(TokenDigest),
    /// The CSRF token, which only pages of this session have, beside the refresh cookie.
    RefreshCookie(TokenDigest),
    /// The CSRF token beside an access token of ours that has ended.
    EndedCookie,
}

impl Parting {
    /// Reads the credentials of a request: the refresh token of its body, a bearer token, or its cookies with the
    /// session's CSRF token. A bearer token must still count; whoever has only an old one sends the refresh token.
    pub async fn read(parts: &Parts, api: &Api, sent: Option<&SecretString>) -> Result<Self, ApiError> {
        idempotency_key(parts)?;
        if let Some(sent) = sent {
            let token = RefreshToken::parse(sent.expose_secret()).map_err(|_| unknown())?;
            return Ok(Self::of(&token, Proof::Refresh));
        }
        match credentials(parts, api).await {
            Ok(found) => Ok(Self { user: found.user, session: found.session, proof: Proof::Access }),
            Err(ApiError::Problem { code: Code::Unauthenticated, .. })
                if bearer(&parts.headers) == Bearer::None =>
            {
                Self::of_cookies(parts, api).await
            }
            Err(refused) => Err(refused),
        }
    }

    async fn of_cookies(parts: &Parts, api: &Api) -> Result<Self, ApiError> {
        let refresh = cookies::find(&parts.headers, cookies::REFRESH);
        let parting = if let Some(token) = refresh.and_then(|text| RefreshToken::parse(text).ok()) {
            Self::of(&token, Proof::RefreshCookie)
        } else {
            let old = cookies::find(&parts.headers, cookies::ACCESS).ok_or_else(ApiError::unauthenticated)?;
            let (now, trust) = (api.world.now(), &api.trust);
            trust.keep_up(old, now).await;
            let claims = trust.verifier().verify_past(old, now).map_err(|_| ApiError::unauthenticated())?;
            Self { user: claims.sub, session: claims.sid, proof: Proof::EndedCookie }
        };
        check_csrf(parts, api, parting.session)?;
        Ok(parting)
    }

    fn of(token: &RefreshToken, proof: impl FnOnce(TokenDigest) -> Proof) -> Self {
        Self { user: token.user, session: token.session, proof: proof(token.digest()) }
    }

    /// Checks that what was shown is enough to end `session`, which is alive.
    pub fn may_end(&self, session: &Session) -> Result<(), ApiError> {
        match &self.proof {
            Proof::Refresh(digest) if !counts(digest, session) => Err(unknown()),
            _ => Ok(()),
        }
    }

    /// Checks that what was shown is as good as an access token: enough to end the person's other sessions.
    pub fn may_end_others(&self, session: &Session) -> Result<(), ApiError> {
        match &self.proof {
            Proof::Access => Ok(()),
            Proof::Refresh(digest) | Proof::RefreshCookie(digest) if counts(digest, session) => Ok(()),
            _ => Err(ApiError::new(Code::Unauthenticated, "Refresh or sign in again to end other sessions.")),
        }
    }
}

/// Whether a refresh token would still be exchanged.
fn counts(digest: &TokenDigest, session: &Session) -> bool {
    [&session.current, &session.previous].into_iter().flatten().any(|known| known == digest)
}

fn unknown() -> ApiError {
    ApiError::new(Code::Unauthenticated, "This refresh token is not known. Send the newest one.")
}
