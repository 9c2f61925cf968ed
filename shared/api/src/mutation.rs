//! Requests that change something: authenticated, with a body, and safe to repeat.

use aws_lc_rs::digest::{Context, SHA256};
use axum::{
    extract::{FromRef, FromRequest, FromRequestParts as _, Request},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{StatusCode, header::CONTENT_TYPE};
use serde::{Serialize, de::DeserializeOwned};
use vestibule_auth::{Caller, TenantScope};
use vestibule_domain::Permission;
use vestibule_store::{Answer, Conflict, IdempotencyKey, KeptAnswer, StoreError};

use crate::{Api, ApiError, Authenticated, Code, body};

/// An authenticated request with a body of type `T`.
#[derive(Debug)]
pub struct Mutation<T> {
    /// Who is calling.
    pub caller: Caller,
    /// What they sent.
    pub body: T,
    key: Option<IdempotencyKey>,
    kept: Option<KeptAnswer>,
    fingerprint: String,
}

/// An answer that can be sent and kept.
#[derive(Debug, Clone)]
pub struct Reply {
    status: StatusCode,
    body: String,
}

impl Reply {
    /// An answer with `view` as its JSON body.
    pub fn new(status: StatusCode, view: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_string(view).map_err(|error| ApiError::Fault(Box::new(error)))?;
        Ok(Self { status, body })
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        (self.status, [(CONTENT_TYPE, "application/json")], self.body).into_response()
    }
}

impl<T> Mutation<T> {
    /// Checks the permission; then, if this very request was answered before, ends it with that
    /// answer, or with 422 if the key was used for something else.
    pub fn begin(&self, permission: Permission) -> Result<TenantScope, ApiError> {
        let scope = self.caller.require(permission)?;
        match &self.kept {
            Some(kept) => Err(self.replay(kept.clone())),
            None => Ok(scope),
        }
    }

    /// What to keep of `reply`, if the client sent a key; goes into the command.
    pub fn answer(&self, reply: &Reply) -> Option<Answer> {
        self.key.clone().map(|key| Answer {
            caller: self.caller.identity(),
            key,
            fingerprint: self.fingerprint.clone(),
            status: reply.status.as_u16(),
            body: reply.body.clone(),
        })
    }

    /// The end of the request: `reply` if the command was committed; if another request with the
    /// same key came first, that one's answer.
    pub async fn settle(
        &self,
        api: &Api,
        done: Result<(), StoreError>,
        reply: Reply,
    ) -> Result<Response, ApiError> {
        match (done, &self.key) {
            (Ok(()), _) => Ok(reply.into_response()),
            (Err(StoreError::Conflict(_)), Some(key)) => {
                let found =
                    api.store.platform().find_answer(&self.caller.identity(), key, api.world.now()).await?;
                Err(found.map_or(StoreError::Conflict(Conflict::Stale).into(), |kept| self.replay(kept)))
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// `refusal`, unless another request with the same key came first: then it is that one which made the refusal
    /// true, and its answer is given.
    pub async fn or_kept(&self, api: &Api, refusal: ApiError) -> ApiError {
        let (Some(key), false) = (&self.key, matches!(refusal, ApiError::Replay(_))) else { return refusal };
        let platform = api.store.platform();
        match platform.find_answer(&self.caller.identity(), key, api.world.now()).await {
            Ok(Some(kept)) => self.replay(kept),
            _ => refusal,
        }
    }

    fn replay(&self, kept: KeptAnswer) -> ApiError {
        if kept.fingerprint == self.fingerprint {
            ApiError::Replay(kept)
        } else {
            let detail = "This Idempotency-Key belongs to another request; use a new key for a new request.";
            ApiError::new(Code::IdempotencyKeyReused, detail)
        }
    }
}

impl<S, T> FromRequest<S> for Mutation<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
    Api: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let Authenticated { caller, key, kept } =
            Authenticated::from_request_parts(&mut parts, state).await?;
        let bytes = body::read_body(body).await?;
        let fingerprint = fingerprint(parts.method.as_str(), parts.uri.path(), &bytes);
        Ok(Self { caller, body: body::parse(&parts.headers, &bytes)?, key, kept, fingerprint })
    }
}

fn fingerprint(method: &str, path: &str, body: &[u8]) -> String {
    let mut hash = Context::new(&SHA256);
    for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finish())
}
