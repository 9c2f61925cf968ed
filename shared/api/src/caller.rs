//! The caller of a request: a handler that takes [`Authenticated`], [`Reading`] or [`SignedIn`]
//! cannot run without one.

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use vestibule_auth::{Actor, Denied, Principal, TenantScope};
use vestibule_domain::{Permission, SessionId, TenantId, User, UserId};
use vestibule_store::{Access, Entity, KeptAnswer, Session, StoreError};

use crate::{
    Api, ApiError, ApiPath, Code, Origin,
    credentials::{Credentials, credentials, idempotency_key},
    refusals::Sender,
};

/// A request in a tenant whose token, session and membership were checked.
#[derive(Debug)]
pub struct Authenticated {
    principal: Principal,
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
    /// The same as a principal.
    pub principal: Principal,
    /// Whether the credentials came as cookies.
    pub by_cookie: bool,
}

/// A request to read the one thing that the path names, checked like [`Authenticated`]; the thing was
/// read in the same round trip.
#[derive(Debug)]
pub struct Reading<E: Entity> {
    principal: Principal,
    found: Option<Result<E, StoreError>>,
}

impl<E: Entity> Reading<E> {
    /// The thing, if the caller holds `permission` and their tenant has it; `damaged` says what to do where
    /// its record cannot be read.
    pub fn require(self, permission: Permission, damaged: &str) -> Result<E, ApiError> {
        self.principal.require(permission)?;
        let found = self.found.ok_or_else(ApiError::not_found)?;
        found.map_err(|error| ApiError::if_damaged(error, damaged))
    }
}

impl Authenticated {
    /// The scope of the caller's tenant, if they hold `permission`.
    pub fn require(&self, permission: Permission) -> Result<TenantScope, Denied> {
        self.principal.require(permission)
    }
}

impl<S> FromRequestParts<S> for Authenticated
where
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // Nothing is kept of what only reads; a key is read all the same, so that a wrong one is told.
        idempotency_key(parts)?;
        let api = Api::from_ref(state);
        let asking = Asking::read(parts, &api).await?;
        let access = api.store.platform().access(asking.who(), None, api.world.now()).await?;
        asking.admit(access, parts).map(|(principal, _)| Self { principal })
    }
}

impl<S, E> FromRequestParts<S> for Reading<E>
where
    S: Send + Sync,
    Api: FromRef<S>,
    E: Entity,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let api = Api::from_ref(state);
        let asking = Asking::read(parts, &api).await?;
        let (platform, now) = (api.store.platform(), api.world.now());
        idempotency_key(parts)?;
        let (access, found) = match ApiPath::<E::Id>::from_request_parts(parts, state).await {
            Ok(ApiPath(id)) => platform.access_and::<E>(asking.who(), id, now).await?.unzip(),
            // An id that cannot exist is no secret, but who asks is checked first.
            Err(_) => (platform.access(asking.who(), None, now).await?, None),
        };
        let ((principal, _), found) = (asking.admit(access, parts)?, found.flatten());
        if let Some(Err(error)) = &found {
            api.store.tell(error);
        }
        Ok(Self { principal, found })
    }
}

/// A member of a tenant, with where their answers are kept and the answer kept for the request's key.
pub(crate) async fn member_with_kept(
    parts: &Parts,
    api: &Api,
) -> Result<(Principal, String, Option<KeptAnswer>), ApiError> {
    let asking = Asking::read(parts, api).await?;
    let key = idempotency_key(parts)?;
    let partition = Principal::partition(asking.user, Some(asking.tenant));
    let kept_for = key.as_ref().map(|key| (partition.as_str(), key));
    let access = api.store.platform().access(asking.who(), kept_for, api.world.now()).await?;
    let (principal, kept) = asking.admit(access, parts)?;
    Ok((principal, partition, kept))
}

/// A person, in whatever tenant, with the answer kept for the request's key.
pub(crate) async fn person_with_kept(
    parts: &Parts,
    api: &Api,
) -> Result<(SignedIn, Option<KeptAnswer>), ApiError> {
    let Credentials { user, session, tenant, by_cookie } = credentials(parts, api).await?;
    let key = idempotency_key(parts)?;
    let partition = Principal::partition(user, None);
    let kept_for = key.as_ref().map(|key| (partition.as_str(), key));
    let access = api.store.platform().self_access((user, session), kept_for, api.world.now()).await?;
    let access = access.ok_or_else(ApiError::unauthenticated)?;
    Sender::acts_alone(parts, &access.user.email);
    let principal = Principal::person(session, Origin::of(parts).actor(&access.user));
    let caller = SignedIn { user: access.user, session: access.session, tenant, principal, by_cookie };
    Ok((caller, access.kept))
}

/// Somebody with a token for a tenant, not checked against the table yet.
struct Asking {
    user: UserId,
    session: SessionId,
    tenant: TenantId,
}

impl Asking {
    async fn read(parts: &Parts, api: &Api) -> Result<Self, ApiError> {
        let Credentials { user, session, tenant, .. } = credentials(parts, api).await?;
        let no_tenant = "Switch to a tenant first: `POST /api/auth/context/switch`.";
        let tenant = tenant.ok_or_else(|| ApiError::new(Code::TenantRequired, no_tenant))?;
        Ok(Self { user, session, tenant })
    }

    fn who(&self) -> (UserId, SessionId, TenantId) {
        (self.user, self.session, self.tenant)
    }

    fn admit(
        self,
        access: Option<Access>,
        parts: &Parts,
    ) -> Result<(Principal, Option<KeptAnswer>), ApiError> {
        let access = access.ok_or_else(ApiError::unauthenticated)?;
        Sender::acts(parts, &access.membership.email);
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
        Ok((Principal::member(self.tenant, self.session, actor, access.permissions), access.kept))
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        person_with_kept(parts, &Api::from_ref(state)).await.map(|(caller, _)| caller)
    }
}
