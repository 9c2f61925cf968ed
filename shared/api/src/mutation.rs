//! Requests that change something: with a body, and safe to repeat.

use axum::{
    body::{Body, Bytes},
    extract::{FromRef, FromRequest, Request},
};
use http::{HeaderMap, request::Parts};
use serde::{Serialize, Serializer, de::DeserializeOwned};
use utoipa::ToSchema;
use vestibule_auth::{PlatformScope, Principal, TenantScope};
use vestibule_domain::Permission;
use vestibule_store::{Answer, KeptAnswer};

use crate::{
    Administrator, Api, ApiError, Argument, Description, Grants, Reply, SignedIn,
    administrator::administrator_with_kept,
    body,
    caller::{member_with_kept, person_with_kept},
    describe::repeated,
    keyed::Keyed,
};

/// A body whose repetitions can be told. It is written again to compare it, so a field that must not be compared nor
/// kept, such as a password, is not written: `serialize_with` [`unwritten`]. A type of secrets cannot be written otherwise.
pub trait Content: Sized {
    /// Largest body in bytes.
    const MOST: usize = body::MAX_BODY;

    /// Reads the bytes of a body; also gives what counts of it for the comparison.
    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<(Self, Vec<u8>), ApiError>;

    /// Describes the body.
    fn describe(operation: &mut Description<'_>);
}

impl<T: Serialize + DeserializeOwned + ToSchema> Content for T {
    fn describe(operation: &mut Description<'_>) {
        operation.json::<T>();
    }

    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<(Self, Vec<u8>), ApiError> {
        let read: T = body::parse(headers, &bytes)?;
        let compared = serde_json::to_vec(&read).map_err(|error| ApiError::Fault(Box::new(error)))?;
        Ok((read, compared))
    }
}

/// For `serialize_with` of a secret field: what is compared and kept has nothing of it.
pub fn unwritten<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_unit()
}

/// A file as it was sent.
#[derive(Debug)]
pub struct File(pub Bytes);

impl Content for File {
    fn describe(operation: &mut Description<'_>) {
        operation.refused(&[400, 413, 422]);
        operation.raw_body("image/*", utoipa::openapi::Content::default());
    }

    fn read(_: &HeaderMap, bytes: Bytes) -> Result<(Self, Vec<u8>), ApiError> {
        Ok((Self(bytes.clone()), bytes.to_vec()))
    }
}

/// No body: whatever is sent is left alone.
#[derive(Debug)]
pub struct Nothing;

impl Content for Nothing {
    fn describe(_: &mut Description<'_>) {}

    fn read(_: &HeaderMap, _: Bytes) -> Result<(Self, Vec<u8>), ApiError> {
        Ok((Self, Vec::new()))
    }
}

/// A request of a member that changes something of their tenant.
#[derive(Debug)]
pub struct Mutation<T> {
    /// Who is calling.
    pub principal: Principal,
    /// What they sent.
    pub body: T,
    api: Api,
    partition: String,
    kept: Option<KeptAnswer>,
    keyed: Keyed,
}

impl<T> Mutation<T> {
    /// Checks the permission; then, if this very request was answered before, ends it with that
    /// answer, or with 422 if the key was used for something else.
    pub fn begin(&self, permission: Permission) -> Result<TenantScope, ApiError> {
        let scope = self.principal.require(permission)?;
        // Not before: whoever lost the permission gets no kept answer either.
        self.keyed.place(&self.api, self.partition.clone(), self.kept.clone())?;
        Ok(scope)
    }

    /// What to keep of `reply`, if the client sent a key; goes into the command.
    pub fn answer(&self, reply: &Reply) -> Option<Answer> {
        self.keyed.answer(reply)
    }
}

/// A request of an administrator that changes something of the platform.
#[derive(Debug)]
pub struct PlatformMutation<T> {
    /// Who is calling.
    pub caller: Administrator,
    /// What they sent.
    pub body: T,
    api: Api,
    partition: String,
    kept: Option<KeptAnswer>,
    keyed: Keyed,
}

impl<T> PlatformMutation<T> {
    /// Checks the grant; then, if this very request was answered before, ends it with that answer, or with 422 if the key
    /// was used for something else.
    pub fn begin(&self, needed: impl Grants) -> Result<PlatformScope, ApiError> {
        let scope = self.caller.require(needed)?;
        // Not before: whoever lost the grant gets no kept answer either.
        self.keyed.place(&self.api, self.partition.clone(), self.kept.clone())?;
        Ok(scope)
    }

    /// What to keep of `reply`, if the client sent a key; goes into the command.
    pub fn answer(&self, reply: &Reply) -> Option<Answer> {
        self.keyed.answer(reply)
    }
}

/// A request of a person that changes something of their own.
#[derive(Debug)]
pub struct OwnMutation<T> {
    /// Who is calling.
    pub caller: SignedIn,
    /// What they sent.
    pub body: T,
    /// Keeps the answer.
    pub keyed: Keyed,
}

/// A request that changes something, of somebody who has not signed in. Whoever handles it says with
/// [`Keyed::under`] where its answer is kept.
#[derive(Debug)]
pub struct Submission<T> {
    /// What they sent.
    pub body: T,
    /// Keeps the answer.
    pub keyed: Keyed,
}

impl<T: Content> Argument for Mutation<T> {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
        T::describe(operation);
        repeated(operation);
    }
}

impl<T: Content> Argument for PlatformMutation<T> {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
        T::describe(operation);
        repeated(operation);
    }
}

impl<T: Content> Argument for OwnMutation<T> {
    fn describe(operation: &mut Description<'_>) {
        operation.called();
        T::describe(operation);
        repeated(operation);
    }
}

impl<T: Content> Argument for Submission<T> {
    fn describe(operation: &mut Description<'_>) {
        T::describe(operation);
        repeated(operation);
    }
}

async fn content<T: Content>(parts: &Parts, body: Body, api: &Api) -> Result<(T, Keyed), ApiError> {
    let (read, compared) = T::read(&parts.headers, body::read_body_up_to(body, T::MOST).await?)?;
    Ok((read, Keyed::read(parts, &api.fingerprints, &compared)?))
}

impl<S, T> FromRequest<S> for Mutation<T>
where
    S: Send + Sync,
    T: Content,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let api = Api::from_ref(state);
        let (parts, body) = request.into_parts();
        let (principal, partition, kept) = member_with_kept(&parts, &api).await?;
        let (body, keyed) = content(&parts, body, &api).await?;
        Ok(Self { principal, body, api, partition, kept, keyed })
    }
}

impl<S, T> FromRequest<S> for PlatformMutation<T>
where
    S: Send + Sync,
    T: Content,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let api = Api::from_ref(state);
        let (parts, body) = request.into_parts();
        let (caller, partition, kept) = administrator_with_kept(&parts, &api).await?;
        let (body, keyed) = content(&parts, body, &api).await?;
        Ok(Self { caller, body, api, partition, kept, keyed })
    }
}

impl<S, T> FromRequest<S> for OwnMutation<T>
where
    S: Send + Sync,
    T: Content,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let api = Api::from_ref(state);
        let (parts, body) = request.into_parts();
        let (caller, kept) = person_with_kept(&parts, &api).await?;
        let (body, keyed) = content(&parts, body, &api).await?;
        keyed.place(&api, Principal::partition(caller.user.id, None), kept)?;
        Ok(Self { caller, body, keyed })
    }
}

impl<S, T> FromRequest<S> for Submission<T>
where
    S: Send + Sync,
    T: Content,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let (body, keyed) = content(&parts, body, &Api::from_ref(state)).await?;
        Ok(Self { body, keyed })
    }
}
