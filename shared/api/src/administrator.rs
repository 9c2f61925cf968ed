//! The caller of a route of the platform. What they may do there is read with their session, whatever tenant their token
//! names: a role in a tenant gives nothing here, and a grant gives nothing in a tenant.

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use vestibule_auth::{Actor, Grant, PlatformScope, Principal};
use vestibule_store::{KeptAnswer, PlatformAccess, SelfAccess};

use crate::{
    Api, ApiError, Code, Origin, SignedIn,
    credentials::{Credentials, credentials, idempotency_key},
    refusals::Sender,
};

/// A request of a person whose grant on the platform was read.
#[derive(Debug)]
pub struct Administrator {
    grant: Option<Grant>,
    actor: Actor,
    second_factor_missing: bool,
}

/// A request of a person about themselves, with what they may do on the platform: both were read in one round trip.
#[derive(Debug)]
pub struct Standing {
    /// Who is calling.
    pub caller: SignedIn,
    /// Their grant; `None` for almost everybody.
    pub grant: Option<Grant>,
    /// Whether the platform wants a second factor of its administrators that this session lacks.
    pub second_factor_missing: bool,
}

/// Grants of which one is needed: one grant, or several.
pub trait Grants: Copy {
    /// All of them.
    fn all(&self) -> &[Grant];
}

impl Grants for Grant {
    fn all(&self) -> &[Grant] {
        std::slice::from_ref(self)
    }
}

impl<const N: usize> Grants for [Grant; N] {
    fn all(&self) -> &[Grant] {
        self
    }
}

impl Administrator {
    /// The scope of the platform, if the caller has one of these grants, and showed a second factor where one is asked for.
    pub fn require(&self, needed: impl Grants) -> Result<PlatformScope, ApiError> {
        let needed = needed.all();
        let Some(grant) = self.grant.filter(|grant| needed.contains(grant)) else {
            return Err(ApiError::NotGranted(needed.to_vec()));
        };
        if self.second_factor_missing {
            let detail =
                "Administrators of the platform need a second factor: set one up and sign in with it.";
            return Err(ApiError::new(Code::SecondFactorRequired, detail));
        }
        Ok(PlatformScope::for_administrator(grant, self.actor.clone()))
    }
}

/// The caller, with where their answers are kept and the answer kept for the request's key.
pub(crate) async fn administrator_with_kept(
    parts: &Parts,
    api: &Api,
) -> Result<(Administrator, String, Option<KeptAnswer>), ApiError> {
    let Credentials { user, session, .. } = credentials(parts, api).await?;
    let key = idempotency_key(parts)?;
    let partition = Principal::partition(user, None);
    let kept_for = key.as_ref().map(|key| (partition.as_str(), key));
    let access = api.store.platform().platform_access((user, session), kept_for, api.world.now()).await?;
    let access = access.ok_or_else(ApiError::unauthenticated)?;
    Sender::acts_alone(parts, &access.person.user.email);
    let administrator = Administrator {
        grant: access.grant,
        actor: Origin::of(parts).actor(&access.person.user),
        second_factor_missing: api.admin_second_factor && !access.person.session.strong,
    };
    Ok((administrator, partition, access.person.kept))
}

impl<S> FromRequestParts<S> for Administrator
where
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        administrator_with_kept(parts, &Api::from_ref(state)).await.map(|(administrator, ..)| administrator)
    }
}

impl<S> FromRequestParts<S> for Standing
where
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let api = Api::from_ref(state);
        let Credentials { user, session, tenant, by_cookie } = credentials(parts, &api).await?;
        // Nothing is kept of what only reads; a key is read all the same, so that a wrong one is told.
        idempotency_key(parts)?;
        let access = api.store.platform().platform_access((user, session), None, api.world.now()).await?;
        let PlatformAccess { person, grant } = access.ok_or_else(ApiError::unauthenticated)?;
        Sender::acts_alone(parts, &person.user.email);
        let principal = Principal::person(session, Origin::of(parts).actor(&person.user));
        let second_factor_missing = api.admin_second_factor && !person.session.strong;
        let SelfAccess { user, session, .. } = person;
        let caller = SignedIn { user, session, tenant, principal, by_cookie };
        Ok(Self { caller, grant, second_factor_missing })
    }
}
