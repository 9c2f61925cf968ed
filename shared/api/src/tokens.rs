//! Handing out tokens: signing them with a key that can be changed while functions run, and
//! delivering them in the body or as cookies.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_adapters::secrets::Secrets;
use vestibule_auth::{AccessToken, RefreshToken, SecondFactorTicket, SigningKey, token::ACCESS_LIFETIME};
use vestibule_domain::{SessionId, TenantId, UserId, World};

use crate::{Api, ApiError, Reply, Settings, cookies, state::StartError};

/// A session ends after this time, however often it is refreshed.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Milliseconds after which the signing key is read again.
const AFTER: i64 = 60_000;

/// How tokens reach the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In the body, for programs.
    Body,
    /// As cookies, for browsers.
    Cookies,
}

impl Delivery {
    /// Cookies when the client asks for them.
    pub fn of(cookies: bool) -> Self {
        if cookies { Self::Cookies } else { Self::Body }
    }
}

/// Tokens of a session. With cookies the tokens are in the cookies and absent here.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokensView {
    /// Send it as `Authorization: Bearer ...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub access_token: Option<String>,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// Exchange it for new tokens at `/api/v1/auth/refresh`; each one works once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refresh_token: Option<String>,
    /// The session ends then at the latest (RFC 3339).
    pub session_ends: String,
    /// The tenant that the token is for, if any.
    pub tenant: Option<String>,
    /// With cookies: send it as `X-CSRF-Token` with every request that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub csrf_token: Option<String>,
    /// In the answer to a repeated request: what was shown the first time and is not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub shown_once: Vec<&'static str>,
}

impl TokensView {
    /// What is said about a grant beside its tokens.
    fn without_tokens(grant: &Grant) -> Self {
        Self {
            access_token: None,
            token_type: "Bearer",
            expires_in: ACCESS_LIFETIME.as_secs(),
            refresh_token: None,
            session_ends: grant.ends.to_string(),
            tenant: grant.tenant.map(|tenant| tenant.to_string()),
            csrf_token: None,
            shown_once: Vec::new(),
        }
    }
}

/// What is kept of an answer that hands out tokens, with a refresh token or without: all but them.
pub fn kept_tokens(grant: &Grant, delivery: Delivery, refresh: bool) -> Result<Reply, ApiError> {
    Reply::new(StatusCode::OK, &kept_view(grant, delivery, refresh))
}

/// The same as a part of a larger answer.
pub fn kept_view(grant: &Grant, delivery: Delivery, refresh: bool) -> TokensView {
    let shown_once = match delivery {
        Delivery::Body if refresh => vec!["accessToken", "refreshToken"],
        Delivery::Body => vec!["accessToken"],
        Delivery::Cookies => vec!["csrfToken"],
    };
    TokensView { shown_once, ..TokensView::without_tokens(grant) }
}

/// Whose tokens, in which tenant, until when.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Who.
    pub user: UserId,
    /// Their session.
    pub session: SessionId,
    /// The tenant of the access token.
    pub tenant: Option<TenantId>,
    /// End of the session.
    pub ends: Timestamp,
}

/// Signs tokens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Signer {
    key: Arc<RwLock<SigningKey>>,
    issuer: Arc<str>,
    secrets: Arc<Secrets>,
    name: Arc<str>,
    read: Arc<AtomicI64>,
}

impl Signer {
    /// Reads the key that the settings name.
    pub async fn open(settings: &Settings, world: &World) -> Result<Self, StartError> {
        let secrets = settings.secrets()?;
        let (name, now) = (settings.get("SIGNING_KEY_SECRET")?, world.now());
        let failed = |cause: String| StartError::outside("the signing key", cause);
        let secret = Box::pin(secrets.read(name, now)).await.map_err(|error| failed(error.to_string()))?;
        let key = SigningKey::from_secret(&secret).map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            key: Arc::new(RwLock::new(key)),
            issuer: settings.issuer()?.into(),
            secrets,
            name: name.into(),
            read: Arc::new(AtomicI64::new(now.as_millisecond())),
        })
    }

    /// An access token for `grant`.
    pub async fn access(&self, grant: &Grant, now: Timestamp) -> Result<AccessToken, ApiError> {
        let who = (grant.user, grant.session, grant.tenant);
        let key = self.key(now).await;
        AccessToken::issue(&key, &self.issuer, who, now).map_err(|error| ApiError::Fault(Box::new(error)))
    }

    /// What shows within five minutes that the first factor was given, by `who` with their epoch.
    pub async fn ticket(
        &self,
        who: (UserId, u64),
        platform: bool,
        now: Timestamp,
    ) -> Result<SecondFactorTicket, ApiError> {
        let key = self.key(now).await;
        SecondFactorTicket::issue(&key, &self.issuer, who, platform, now)
            .map_err(|error| ApiError::Fault(Box::new(error)))
    }

    async fn key(&self, now: Timestamp) -> SigningKey {
        let (millis, read) = (now.as_millisecond(), self.read.load(Ordering::Relaxed));
        let due = millis - read > AFTER
            && self.read.compare_exchange(read, millis, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if due
            && let Ok(secret) = self.secrets.read(&self.name, now).await
            && let Ok(key) = SigningKey::from_secret(&secret)
        {
            *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
        }
        self.key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The answer that hands out tokens. Without `refresh` the client keeps the one it has.
pub async fn deliver(
    api: &Api,
    signer: &Signer,
    grant: &Grant,
    refresh: Option<&RefreshToken>,
    delivery: Delivery,
) -> Result<Response, ApiError> {
    let (view, cookies) = hand_out(api, signer, grant, refresh, delivery).await?;
    Ok((cookies, Json(view)).into_response())
}

/// The same as parts of a larger answer: what the body says of the tokens, and the cookies beside it.
pub async fn hand_out(
    api: &Api,
    signer: &Signer,
    grant: &Grant,
    refresh: Option<&RefreshToken>,
    delivery: Delivery,
) -> Result<(TokensView, HeaderMap), ApiError> {
    let now = api.world.now();
    let access = signer.access(grant, now).await?;
    let mut view = TokensView::without_tokens(grant);
    if delivery == Delivery::Body {
        view.access_token = Some(access.0.expose_secret().to_owned());
        view.refresh_token = refresh.map(|token| token.to_text().expose_secret().to_owned());
        return Ok((view, HeaderMap::new()));
    }
    let csrf = api.csrf.token(grant.session);
    let mut cookies = Response::default();
    set_cookies(&mut cookies, (access.0.expose_secret(), &csrf), grant, refresh, now);
    view.csrf_token = Some(csrf);
    Ok((view, std::mem::take(cookies.headers_mut())))
}

/// Puts the tokens of `grant` into cookies.
pub fn set_cookies(
    response: &mut Response,
    (access, csrf): (&str, &str),
    grant: &Grant,
    refresh: Option<&RefreshToken>,
    now: Timestamp,
) {
    let rest = grant.ends.duration_since(now).as_secs().max(0);
    cookies::set(response, cookies::ACCESS, access, ACCESS_LIFETIME.as_secs().min(rest), false);
    cookies::set_readable(response, cookies::CSRF, csrf, rest);
    if let Some(refresh) = refresh {
        cookies::set(response, cookies::REFRESH, refresh.to_text().expose_secret(), rest, true);
    }
}

/// Makes a browser forget its session.
pub fn forget_cookies(response: &mut Response) {
    for name in [cookies::ACCESS, cookies::REFRESH, cookies::CSRF] {
        cookies::forget(response, name);
    }
}
