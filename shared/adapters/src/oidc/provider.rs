//! One provider: out to its sign-in page, and back with a code.

use jiff::Timestamp;
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use secrecy::ExposeSecret;
use vestibule_domain::{Email, World};

use super::discovery::Source;
use super::fields::Fields;
use super::id_token::{Expected, Token};
use super::key_cache::KeyCache;
use super::providers::WHOLE;
use super::token_request::TokenRequest;
use super::{Attempt, Identity, Kind, OidcError, ProviderConfig, Refusal, Start, microsoft};
use crate::web::Web;

const LONGEST_NAME: usize = 200;

/// A provider that people can sign in with.
pub struct Provider {
    config: ProviderConfig,
    published: KeyCache,
}

impl Provider {
    pub(super) fn new(config: ProviderConfig, web: Web) -> Result<Self, OidcError> {
        let published = KeyCache::new(Source::new(&config, web)?);
        Ok(Self { config, published })
    }

    /// Begins a sign-in that comes back to `redirect`, an address registered with the provider.
    pub async fn start(&self, redirect: &str, world: &World) -> Result<Start, OidcError> {
        let published = self.published.current(world.now()).await?;
        let attempt = Attempt::new(&self.config.name, world);
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let mut url = published.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", "openid email profile")
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", challenge.method());
        Ok(Start { url: url.into(), attempt })
    }

    /// Ends it: `state` and `code` as the browser brought them to `redirect`, `attempt` as [`Provider::start`]
    /// gave it. A code is good for one call. A refusal is one line in the log, which names what decided.
    pub async fn finish(
        &self,
        redirect: &str,
        attempt: &Attempt,
        state: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Identity, OidcError> {
        let request = TokenRequest { code, verifier: &attempt.verifier, redirect };
        let done = tokio::time::timeout(WHOLE, self.identify(attempt, state, &request, now)).await;
        let done = done.unwrap_or(Err(OidcError::Unavailable));
        if let Err(OidcError::Refused(refusal)) = done {
            self.tell(refusal);
        }
        done
    }

    /// Ends a sign-in that came back with `error` (RFC 6749, 4.1.2.1) instead of a code. What does not belong to
    /// `attempt` says nothing of the provider: anybody can make up such an address.
    pub fn turned_away(&self, attempt: &Attempt, state: &str, error: &str, now: Timestamp) -> OidcError {
        if let Err(refusal) = attempt.recognise(&self.config.name, state, now) {
            self.tell(refusal);
            return refusal.into();
        }
        match error {
            "temporarily_unavailable" | "server_error" => OidcError::Unavailable,
            "invalid_request" | "unauthorized_client" | "unsupported_response_type" | "invalid_scope" => {
                OidcError::Misconfigured("the provider refused the request for a sign-in")
            }
            // Whatever else a provider calls it: it was the person, or a rule of their organization.
            _ => {
                self.tell(Refusal::Cancelled);
                Refusal::Cancelled.into()
            }
        }
    }

    fn tell(&self, refusal: Refusal) {
        let (provider, reason, claim) = (self.config.name.as_str(), refusal.reason(), refusal.claim());
        tracing::info!(provider, reason, claim, "a sign-in at a provider was refused");
    }

    async fn identify(
        &self,
        attempt: &Attempt,
        state: &str,
        request: &TokenRequest<'_>,
        now: Timestamp,
    ) -> Result<Identity, OidcError> {
        attempt.recognise(&self.config.name, state, now)?;
        let published = self.published.current(now).await?;
        let tokens = request.send(&self.published.source().web, &self.config, &published).await?;
        let token = Token::read(tokens.id_token.expose_secret())?;
        let expected = Expected {
            config: &self.config,
            published: &published,
            nonce: &attempt.nonce,
            access_token: tokens.access_token.as_ref().map(ExposeSecret::expose_secret),
            now,
        };
        match expected.verify(&token) {
            // Keys change; a token that names none may be signed with a new one as well.
            Err(refusal @ Refusal::Signature(_)) if refusal.claim() == "kid" || token.key_id.is_none() => {
                let renewed = self.published.renewed(&published, now).await?.ok_or(refusal)?;
                let (claims, key) = Expected { published: &renewed, ..expected }.verify(&token)?;
                Ok(self.identity(claims, key))
            }
            checked => checked.map(|(claims, key)| self.identity(claims, key)).map_err(Into::into),
        }
    }

    fn identity(&self, claims: &Fields, key: String) -> Identity {
        let email = claims.text("email").and_then(|email| Email::parse(&email).ok());
        let says_verified = match self.config.kind {
            Kind::Standard => claims.says_yes("email_verified"),
            Kind::Microsoft { .. } => microsoft::owns_email_domain(claims),
        };
        let name = claims.text("name").map(|name| name.trim().chars().take(LONGEST_NAME).collect::<String>());
        Identity {
            provider: self.config.name.clone(),
            key,
            email_verified: email.is_some() && says_verified && self.config.trust_email,
            email,
            name: name.filter(|name| !name.is_empty()),
        }
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({})", self.config.name)
    }
}
