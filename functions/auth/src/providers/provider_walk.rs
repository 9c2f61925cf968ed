//! The walk to an outside provider and back, bound to the client that began it and to its purpose.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use vestibule_adapters::oidc::{Attempt, Identity, OidcError, Provider};
use vestibule_api::{ApiError, Code, cookies, limiting};
use vestibule_domain::User;
use vestibule_store::Quota;

use crate::{Auth, kept, providers::connections, providers::social_login::SocialStart};

/// Seconds that a sign-in at a provider may take.
const ATTEMPT: i64 = 600;

/// What comes back from a provider.
#[derive(Clone, Copy)]
pub(crate) struct Back<'a> {
    pub(crate) provider: &'a str,
    pub(crate) code: &'a str,
    pub(crate) state: &'a str,
    pub(crate) sealed: &'a str,
}

impl Auth {
    fn provider(&self, name: &str) -> Result<&Provider, ApiError> {
        let unknown = "There is no identity provider of this name here; give one that is set up.";
        self.providers.get(name).ok_or_else(|| ApiError::new(Code::NotFound, unknown))
    }

    fn redirect(&self, provider: &str) -> String {
        format!("{}/auth/social/{provider}", self.site)
    }

    /// The way to the provider: its page, and the attempt that binds it to this client and to what it is for.
    pub(crate) async fn begin_at(&self, provider: &str, purpose: &str) -> Result<(String, String), ApiError> {
        let found = self.provider(provider)?;
        let start = found.start(&self.redirect(provider), &self.api.world).await;
        let start = start.map_err(|error| failed(provider, error))?;
        let plain = serde_json::to_vec(&start.attempt).map_err(|error| ApiError::Fault(Box::new(error)))?;
        let keys = self.api.store.sealer().keys();
        let attempt = URL_SAFE_NO_PAD.encode(keys.seal(&plain, purpose.as_bytes(), self.api.world.bytes()));
        Ok((start.url, attempt))
    }

    /// The answer that tells the way to the provider.
    pub(crate) async fn start_social(
        &self,
        provider: &str,
        purpose: &str,
        quota: Quota,
    ) -> Result<Response, ApiError> {
        let (authorization_url, attempt) = self.begin_at(provider, purpose).await?;
        let view = SocialStart { authorization_url, attempt: attempt.clone(), shown_once: Vec::new() };
        let mut response = Json(view).into_response();
        remember(&mut response, &attempt);
        Ok(limiting::with_quota(response, quota))
    }

    /// Whether what comes back was begun to connect an account to this person.
    pub(crate) async fn began_connection(&self, back: Back<'_>, user: &User) -> bool {
        self.unseal(back, &connections::purpose(user)).await.is_ok()
    }

    /// Where the answers to whoever comes back from a provider are kept.
    pub(crate) fn kept_attempt(&self, sealed: &str) -> String {
        kept::of_attempt(&self.api.store.sealer().keys().blind_index(sealed))
    }

    async fn unseal(&self, back: Back<'_>, purpose: &str) -> Result<Attempt, ApiError> {
        let sealed = URL_SAFE_NO_PAD.decode(back.sealed).map_err(|_| not_bound())?;
        let personal = self.api.store.sealer();
        personal.prepare_for(&sealed).await;
        let plain = personal.keys().open(&sealed, purpose.as_bytes()).map_err(|_| not_bound())?;
        serde_json::from_slice(&plain).map_err(|_| not_bound())
    }

    /// Who the provider says it was.
    pub(crate) async fn identify(&self, back: Back<'_>, purpose: &str) -> Result<Identity, ApiError> {
        let found = self.provider(back.provider)?;
        let attempt = self.unseal(back, purpose).await?;
        if attempt.provider() != back.provider {
            return Err(not_bound());
        }
        let (redirect, now) = (self.redirect(back.provider), self.api.world.now());
        let done = found.finish(&redirect, &attempt, back.state, back.code, now).await;
        done.map_err(|error| failed(back.provider, error))
    }

    /// What a provider means that sends the person back without a code. `purposes` are what the attempt may be for.
    pub(crate) async fn turned_away(&self, back: Back<'_>, purposes: &[&str], error: &str) -> ApiError {
        let found = match self.provider(back.provider) {
            Ok(found) => found,
            Err(unknown) => return unknown,
        };
        for purpose in purposes {
            if let Ok(attempt) = self.unseal(back, purpose).await {
                let now = self.api.world.now();
                return failed(back.provider, found.turned_away(&attempt, back.state, error, now));
            }
        }
        not_bound()
    }
}

/// Gives the browser the attempt that it comes back with.
pub(crate) fn remember(response: &mut Response, attempt: &str) {
    cookies::set(response, cookies::SOCIAL, attempt, ATTEMPT, false);
}

fn failed(provider: &str, error: OidcError) -> ApiError {
    match error {
        OidcError::Unavailable => ApiError::new(
            Code::Unavailable,
            "The identity provider does not answer now. Wait a moment and begin the sign-in again.",
        ),
        OidcError::Refused(refusal) => ApiError::new(Code::CredentialsInvalid, refusal.advice()),
        OidcError::Misconfigured(reason) => {
            ApiError::Fault(format!("identity provider {provider}: {reason}").into())
        }
    }
}

fn not_bound() -> ApiError {
    let detail = "This sign-in was begun in another browser or too long ago. Begin it again.";
    ApiError::new(Code::CredentialsInvalid, detail)
}
