//! One provider: out to its sign-in page, and back with a code.

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointNotSet,
    EndpointSet, IdTokenFields, IssuerUrl, JsonWebKeySet, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse,
    TokenResponse,
};
use secrecy::ExposeSecret;
use vestibule_domain::{Email, World};

use super::discovery::{Published, Source};
use super::id_token::{Claims, Expected, key_id};
use super::key_cache::KeyCache;
use super::{Attempt, Identity, Kind, OidcError, ProviderConfig, Start, microsoft};
use crate::web::{NoAnswer, Web};

type Fields = IdTokenFields<
    microsoft::Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type TokenError = RequestTokenError<NoAnswer, StandardErrorResponse<CoreErrorResponseType>>;
type CodeClient = Client<
    microsoft::Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// Longest code that is sent on.
const LONGEST_CODE: usize = 4096;
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
        let (state, nonce) = (CsrfToken::new(attempt.state.clone()), Nonce::new(attempt.nonce.clone()));
        let (url, ..) = self
            .client(&published, redirect)?
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(Start { url: url.into(), attempt })
    }

    /// Ends it: `state` and `code` as the browser brought them to `redirect`, `attempt` as [`Provider::start`]
    /// gave it. A code is good for one call.
    pub async fn finish(
        &self,
        redirect: &str,
        attempt: &Attempt,
        state: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Identity, OidcError> {
        attempt.recognise(&self.config.name, state, now)?;
        let published = self.published.current(now).await?;
        let tokens = self.exchange(&self.client(&published, redirect)?, attempt, code).await?;
        let token = tokens.id_token().ok_or(OidcError::Refused("no_id_token"))?;
        let key_id = key_id(token).ok_or(OidcError::Refused("no_key_id"))?;
        let published = self.published.with_key(&key_id, now).await?;
        let expected = Expected {
            config: &self.config,
            published: &published,
            key_id: &key_id,
            nonce: &attempt.nonce,
            access_token: tokens.access_token(),
            now,
        };
        let (claims, key) = expected.verify(token)?;
        Ok(self.identity(claims, key))
    }

    fn client(&self, published: &Published, redirect: &str) -> Result<CodeClient, OidcError> {
        let issuer = IssuerUrl::new(published.issuer.clone());
        let issuer = issuer.map_err(|_| OidcError::Misconfigured("issuer"))?;
        let redirect = RedirectUrl::new(redirect.to_owned());
        let redirect = redirect.map_err(|_| OidcError::Misconfigured("redirect"))?;
        let secret = self.config.client_secret.expose_secret().to_owned();
        // ID tokens are checked apart from it, so it needs no keys.
        let client =
            Client::new(ClientId::new(self.config.client_id.clone()), issuer, JsonWebKeySet::new(Vec::new()));
        Ok(client
            .set_client_secret(ClientSecret::new(secret))
            .set_auth_type(published.auth_type.clone())
            .set_auth_uri(published.authorization.clone())
            .set_token_uri(published.token.clone())
            .set_redirect_uri(redirect))
    }

    async fn exchange(
        &self,
        client: &CodeClient,
        attempt: &Attempt,
        code: &str,
    ) -> Result<Tokens, OidcError> {
        if code.is_empty() || code.len() > LONGEST_CODE {
            return Err(OidcError::Refused("code"));
        }
        client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.published.source().web)
            .await
            .map_err(|error| meaning(&error))
    }

    fn identity(&self, claims: &Claims, key: String) -> Identity {
        let email = claims.email().and_then(|email| Email::parse(email.as_str()).ok());
        let says_verified = match self.config.kind {
            Kind::Standard => claims.email_verified() == Some(true),
            Kind::Microsoft { .. } => claims.additional_claims().owns_email_domain(),
        };
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.trim());
        Identity {
            provider: self.config.name.clone(),
            key,
            email_verified: email.is_some() && says_verified && self.config.trust_email,
            email,
            name: name
                .filter(|name| !name.is_empty() && name.chars().count() <= LONGEST_NAME)
                .map(str::to_owned),
        }
    }
}

fn meaning(error: &TokenError) -> OidcError {
    match error {
        RequestTokenError::Request(NoAnswer(reason)) => {
            tracing::warn!(reason, "the identity provider did not answer");
            OidcError::Unavailable
        }
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => OidcError::Refused("code"),
            CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                OidcError::Misconfigured("clientId or clientSecret")
            }
            _ => OidcError::Misconfigured("the provider refused the request for tokens"),
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => OidcError::Refused("token_answer"),
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({})", self.config.name)
    }
}
