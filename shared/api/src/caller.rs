//! The caller of a request: a handler that takes [`Authenticated`], [`Reading`] or [`SignedIn`]
//! cannot run without one.

use axum::extract::{FromRef, FromRequestParts};
use http::{HeaderMap, HeaderValue, Method, header::AUTHORIZATION, request::Parts};
use vestibule_auth::{Actor, Caller, Denied, TenantScope};
use vestibule_domain::{Permission, SessionId, TenantId, User, UserId};
use vestibule_store::{Access, IdempotencyKey, KeptAnswer, NamesRow, Session, StoreError};

use crate::{Api, ApiError, ApiPath, Code, Origin, cookies};

/// A request in a tenant whose token, session and membership were checked.
#[derive(Debug)]
pub struct Authenticated {
    /// Who is calling.
    pub caller: Caller,
    /// The key for repeated requests, if the client sent one.
    pub(crate) key: Option<IdempotencyKey>,
    /// The answer kept for that key.
    pub(crate) kept: Option<KeptAnswer>,
}

/// A request of a person, in whatever tenant, whose token and session were checked.
#[derive(Debug)]
pub struct SignedIn {
    /// Who is calling, read for this request.
    pub user: User,
    /// Their session.
    pub session: Session,
    /// The tenant of the token.
    pub tenant: Option<TenantId>,
    /// Who is behind the request, for the audit log.
    pub actor: Actor,
    /// Whether the credentials came as cookies.
    pub by_cookie: bool,
}

/// A request to read the one thing that the path names, checked like [`Authenticated`]; the thing was
/// read in the same round trip.
#[derive(Debug)]
pub struct Reading<I: NamesRow> {
    caller: Caller,
    found: Option<Result<I::Thing, StoreError>>,
}

impl<I: NamesRow> Reading<I> {
    /// The thing, if the caller holds `permission` and their tenant has it; `damaged` says what to do where
    /// its record cannot be read.
    pub fn require(self, permission: Permission, damaged: &str) -> Result<I::Thing, ApiError> {
        self.caller.require(permission)?;
        let found = self.found.ok_or_else(ApiError::not_found)?;
        found.map_err(|error| ApiError::if_damaged(error, damaged))
    }
}

impl Authenticated {
    /// The scope of the caller's tenant, if they hold `permission`.
    pub fn require(&self, permission: Permission) -> Result<TenantScope, Denied> {
        self.caller.require(permission)
    }
}

impl<S> FromRequestParts<S> for Authenticated
where
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let (api, asking) = Asking::read(parts, state).await?;
        let now = api.world.now();
        let key = idempotency_key(parts)?;
        let identity = format!("{}.{}", asking.tenant, asking.user);
        let kept_for = key.as_ref().map(|key| (identity.as_str(), key));
        let access = api.store.platform().access(asking.who(), kept_for, now).await?;
        asking.admit(access, key, parts)
    }
}

impl<S, I> FromRequestParts<S> for Reading<I>
where
    S: Send + Sync,
    Api: FromRef<S>,
    I: NamesRow,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let (api, asking) = Asking::read(parts, state).await?;
        let (platform, now) = (api.store.platform(), api.world.now());
        idempotency_key(parts)?;
        let (access, found) = match ApiPath::<I>::from_request_parts(parts, state).await {
            Ok(ApiPath(id)) => platform.access_and(asking.who(), &id, now).await?.unzip(),
            // An id that cannot exist is no secret, but who asks is checked first.
            Err(_) => (platform.access(asking.who(), None, now).await?, None),
        };
        let (caller, found) = (asking.admit(access, None, parts)?.caller, found.flatten());
        if let Some(Err(error)) = &found {
            api.store.tell(error);
        }
        Ok(Self { caller, found })
    }
}

/// Somebody with a token for a tenant, not checked against the table yet.
struct Asking {
    user: UserId,
    session: SessionId,
    tenant: TenantId,
}

impl Asking {
    async fn read<S: Sync>(parts: &Parts, state: &S) -> Result<(Api, Self), ApiError>
    where
        Api: FromRef<S>,
    {
        let api = Api::from_ref(state);
        let Credentials { user, session, tenant, .. } = credentials(parts, &api).await?;
        let no_tenant = "Switch to a tenant first: `POST /api/auth/context/switch`.";
        let tenant = tenant.ok_or_else(|| ApiError::new(Code::TenantRequired, no_tenant))?;
        Ok((api, Self { user, session, tenant }))
    }

    fn who(&self) -> (UserId, SessionId, TenantId) {
        (self.user, self.session, self.tenant)
    }

    fn admit(
        self,
        access: Option<Access>,
        key: Option<IdempotencyKey>,
        parts: &Parts,
    ) -> Result<Authenticated, ApiError> {
        let access = access.ok_or_else(ApiError::unauthenticated)?;
        if access.second_factor_missing {
            let detail = "This tenant asks for a second factor: set one up and sign in with it.";
            return Err(ApiError::new(Code::SecondFactorRequired, detail));
        }
        let origin = Origin::of(parts);
        let actor = Actor::User {
            id: self.user,
            email: access.membership.email,
            source_ip: origin.source_ip,
            user_agent: origin.user_agent,
        };
        let caller = Caller::new(self.tenant, self.session, actor, access.permissions);
        Ok(Authenticated { caller, key, kept: access.kept })
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let api = Api::from_ref(state);
        let Credentials { user, session, tenant, by_cookie } = credentials(parts, &api).await?;
        idempotency_key(parts)?;
        let access = api.store.platform().self_access((user, session), api.world.now()).await?;
        let access = access.ok_or_else(ApiError::unauthenticated)?;
        let actor = Origin::of(parts).actor(&access.user);
        Ok(Self { user: access.user, session: access.session, tenant, actor, by_cookie })
    }
}

pub(crate) struct Credentials {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    tenant: Option<TenantId>,
    by_cookie: bool,
}

pub(crate) async fn credentials(parts: &Parts, api: &Api) -> Result<Credentials, ApiError> {
    if let Some(name) = parts.headers.get("x-debug-user").and_then(|name| name.to_str().ok())
        && let Some((user, session, tenant)) = api.debug_users.get(name)
    {
        return Ok(Credentials { user: *user, session: *session, tenant: Some(*tenant), by_cookie: false });
    }
    let (token, by_cookie) = match bearer(&parts.headers) {
        Bearer::Token(token) => (Some(token), false),
        Bearer::Wrong => (None, false),
        Bearer::None => (cookies::find(&parts.headers, cookies::ACCESS), true),
    };
    let claims = api.trust.verify(token.ok_or_else(ApiError::unauthenticated)?, api.world.now()).await;
    let claims = claims.map_err(|_| ApiError::unauthenticated())?;
    if by_cookie {
        check_csrf(parts, api, claims.sid)?;
    }
    Ok(Credentials { user: claims.sub, session: claims.sid, tenant: claims.tenant, by_cookie })
}

/// What a request has of a bearer token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bearer<'a> {
    /// No credential of this scheme. One of another, such as a gate's `Basic`, is not meant for us and hides no cookie.
    None,
    /// One that cannot be ours.
    Wrong,
    /// The token.
    Token(&'a str),
}

/// Reads `Authorization`.
pub(crate) fn bearer(headers: &HeaderMap) -> Bearer<'_> {
    let lines = headers.get_all(AUTHORIZATION).iter().map(HeaderValue::as_bytes);
    // The gateway joins repeated headers with commas.
    let mut found = lines.flat_map(credentials_of).filter_map(|credential| {
        let credential = credential.trim_ascii();
        let end = credential.iter().position(u8::is_ascii_whitespace).unwrap_or(credential.len());
        let (scheme, token) = credential.split_at(end);
        scheme.eq_ignore_ascii_case(b"bearer").then(|| token.trim_ascii())
    });
    match (found.next().map(std::str::from_utf8), found.next()) {
        (None, _) => Bearer::None,
        (Some(Ok(token)), None) => Bearer::Token(token),
        _ => Bearer::Wrong,
    }
}

/// The credentials of a header's line, which commas part; within quotes a comma is part of a value.
fn credentials_of(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    line.split(move |byte| {
        quoted ^= *byte == b'"';
        *byte == b',' && !quoted
    })
}

/// A request that changes something and is authenticated by cookies must show that our own page
/// sent it.
pub fn check_csrf(parts: &Parts, api: &Api, session: SessionId) -> Result<(), ApiError> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let sent = parts.headers.get("x-csrf-token").and_then(|token| token.to_str().ok());
    if sent.is_some_and(|sent| api.csrf.check(session, sent)) {
        return Ok(());
    }
    let detail = format!("Send the value of the cookie `{}` as the header `X-CSRF-Token`.", cookies::CSRF);
    Err(ApiError::new(Code::CsrfInvalid, detail))
}

pub(crate) fn idempotency_key(parts: &Parts) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(header) = parts.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = header.to_str().ok().and_then(|text| IdempotencyKey::parse(text).ok());
    let refused = "Idempotency-Key: use 1 to 64 letters, digits, dots, underscores, colons or hyphens.";
    key.map(Some).ok_or_else(|| ApiError::new(Code::ParameterInvalid, refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (AUTHORIZATION, HeaderValue::from_bytes(line).unwrap())).collect()
    }

    #[test]
    fn fault_11_a_credential_of_another_kind_is_none_of_ours() {
        for line in [
            b"Basic c3RhZ2luZzpnYXRl".as_slice(),
            b"basic c3RhZ2luZzpnYXRl=",
            b"Digest username=\"a\", realm=\"Bearer x\", nonce=\"n\"",
            b"Digest username=\"a, Bearer x.y\", nonce=\"n\"",
            b"",
            b" ",
            b"Negotiate YIIJ",
            b"Bearerx y",
            b"DPoP a.b.c",
            b"\xc3\xa9t\xc3\xa9 x",
            b"Basic \xff",
        ] {
            assert_eq!(bearer(&headers(&[line])), Bearer::None, "{line:?}");
        }
        assert_eq!(bearer(&headers(&[b"Basic a", b"Digest b"])), Bearer::None);
    }

    #[test]
    fn fault_11_a_bearer_token_is_found_beside_others_and_a_wrong_one_stays_one() {
        let taken: [&[&[u8]]; 4] = [
            &[b"bearer  x.y "],
            &[b"Basic a,Bearer x.y"],
            &[b"Bearer x.y, Basic a"],
            &[b"Basic a", b"BEARER\tx.y"],
        ];
        for lines in taken {
            assert_eq!(bearer(&headers(lines)), Bearer::Token("x.y"), "{lines:?}");
        }
        assert_eq!(bearer(&headers(&[b"Bearer"])), Bearer::Token(""));
        // Which of two is meant is not told.
        for line in [b"Bearer \xff".as_slice(), b"Bearer x.y,Bearer z"] {
            assert_eq!(bearer(&headers(&[line])), Bearer::Wrong, "{line:?}");
        }
    }
}
