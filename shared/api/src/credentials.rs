//! The credentials of a request: the access token of a header or a cookie, with the CSRF token that a cookie asks for.

use http::{HeaderMap, HeaderValue, Method, header::AUTHORIZATION, request::Parts};
use vestibule_domain::{SessionId, TenantId, UserId};
use vestibule_store::IdempotencyKey;

use crate::{Api, ApiError, Code, cookies, refusals::Sender, state::DebugUser};

/// Who sends what has no credentials, while signing in is bypassed.
const BYPASS_USER: &str = "debug_local_user_bypass";

pub(crate) struct Credentials {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) by_cookie: bool,
}

pub(crate) async fn credentials(parts: &Parts, api: &Api) -> Result<Credentials, ApiError> {
    let bearer = bearer(&parts.headers);
    if let Some((user, session, tenant)) = debug_user(parts, api, &bearer) {
        Sender::is(parts, api, user, Some(tenant));
        check_named(&parts.headers, Some(tenant))?;
        return Ok(Credentials { user, session, tenant: Some(tenant), by_cookie: false });
    }
    let (token, by_cookie) = match bearer {
        Bearer::Token(token) => (Some(token), false),
        Bearer::Wrong => (None, false),
        Bearer::None => (cookies::find(&parts.headers, cookies::ACCESS), true),
    };
    let claims = api.trust.verify(token.ok_or_else(ApiError::unauthenticated)?, api.world.now()).await;
    let claims = claims.map_err(|_| ApiError::unauthenticated())?;
    Sender::is(parts, api, claims.sub, claims.tenant);
    check_named(&parts.headers, claims.tenant)?;
    if by_cookie {
        check_csrf(parts, api, claims.sid)?;
    }
    Ok(Credentials { user: claims.sub, session: claims.sid, tenant: claims.tenant, by_cookie })
}

/// Who is behind a request while signing in is bypassed, which only a local stack can have: whom it names, or the super
/// administrator where it has no credentials at all.
fn debug_user(parts: &Parts, api: &Api, bearer: &Bearer<'_>) -> Option<DebugUser> {
    if let Some(name) = parts.headers.get("x-debug-user") {
        return api.debug_users.get(name.to_str().ok()?).copied();
    }
    let signed_in = [cookies::ACCESS, cookies::CSRF].map(|name| cookies::find(&parts.headers, name));
    let nothing = *bearer == Bearer::None && signed_in.iter().all(Option::is_none);
    if nothing { api.debug_users.get(BYPASS_USER).copied() } else { None }
}

/// A tenant that is named beside the token gives nothing: either it is the token's, or the request is refused, whether or not
/// there is such a tenant.
fn check_named(headers: &HeaderMap, tenant: Option<TenantId>) -> Result<(), ApiError> {
    let token = tenant.map(|tenant| tenant.to_string());
    let same = |named: &HeaderValue| token.as_ref().is_some_and(|token| named.as_bytes() == token.as_bytes());
    if headers.get_all("x-tenant-id").iter().all(same) {
        return Ok(());
    }
    let detail = "X-Tenant-Id is not the tenant of the token; leave it out, or switch first: `POST /api/auth/context/switch`.";
    Err(ApiError::new(Code::TenantMismatch, detail))
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
