//! Repeated requests: where the answer to a request with an `Idempotency-Key` is kept, and how it is given again.
//! The answer is written in the command's own transaction, so nothing here decides whether the work was done.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::request::Parts;
use utoipa::IntoParams;
use vestibule_auth::FingerprintKey;
use vestibule_store::{Answer, IdempotencyKey, KeptAnswer, StoreError};

use crate::{Api, ApiError, Code, Reply, credentials::idempotency_key};

/// The key of a request, and what tells a repetition from another request under the same key.
#[derive(Debug, Clone)]
struct Named {
    key: IdempotencyKey,
    fingerprint: String,
}

/// Where the answer of this request is kept.
#[derive(Debug)]
struct Place {
    api: Api,
    partition: String,
    named: Named,
}

/// The place of a request's answer, filled in once it is known who sent it. Shared with [`give_kept`].
#[derive(Debug, Clone, Default)]
struct Slot(Arc<OnceLock<Place>>);

/// A request that may have an `Idempotency-Key`. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Keyed {
    named: Option<Named>,
    slot: Slot,
}

impl Keyed {
    /// Reads the key of a request. `body` is what counts of its body: no secret, and the same however it was written.
    pub(crate) fn read(parts: &Parts, key: &FingerprintKey, body: &[u8]) -> Result<Self, ApiError> {
        let named = idempotency_key(parts)?.map(|named| Named {
            key: named,
            fingerprint: key.of(parts.method.as_str(), asked(parts), body),
        });
        let slot = parts.extensions.get::<Slot>().cloned().unwrap_or_default();
        Ok(Self { named, slot })
    }

    /// The key itself.
    pub(crate) fn key(&self) -> Option<&IdempotencyKey> {
        self.named.as_ref().map(|named| &named.key)
    }

    /// Keeps the answer in `partition`. Ends the request with `kept`, if it was answered before; with 422 if the key
    /// belongs to another request.
    pub(crate) fn place(
        &self,
        api: &Api,
        partition: String,
        kept: Option<KeptAnswer>,
    ) -> Result<(), ApiError> {
        let Some(named) = &self.named else { return Ok(()) };
        let place = Place { api: api.clone(), partition, named: named.clone() };
        let refused = kept.map(|kept| place.replay(kept));
        // Placed once: who sent a request does not change.
        let _ = self.slot.0.set(place);
        refused.map_or(Ok(()), Err)
    }

    /// The same for a request of nobody who is signed in, kept under what it is about: the blind index of an
    /// address, or the hash of a link.
    pub async fn under(&self, api: &Api, partition: String) -> Result<(), ApiError> {
        let Some(key) = self.key() else { return Ok(()) };
        let kept = api.store.platform().find_answer(&partition, key, api.world.now()).await?;
        self.place(api, partition, kept)
    }

    /// Keeps `reply` by itself, for a request that changes nothing else.
    pub async fn keep(&self, api: &Api, reply: &Reply) -> Result<(), ApiError> {
        match self.answer(reply) {
            Some(answer) => Ok(api.store.platform().keep_answer(answer, &api.world).await?),
            None => Ok(()),
        }
    }

    /// What to keep of `reply`, if there is a key; goes into the command.
    pub fn answer(&self, reply: &Reply) -> Option<Answer> {
        self.slot.0.get().map(|Place { partition, named, .. }| Answer {
            partition: partition.clone(),
            key: named.key.clone(),
            fingerprint: named.fingerprint.clone(),
            status: reply.status().as_u16(),
            body: reply.kept().to_owned(),
        })
    }
}

impl Place {
    async fn find(&self) -> Result<Option<KeptAnswer>, StoreError> {
        let Self { api, partition, named } = self;
        api.store.platform().find_answer(partition, &named.key, api.world.now()).await
    }

    fn replay(&self, kept: KeptAnswer) -> ApiError {
        if kept.fingerprint == self.named.fingerprint {
            return ApiError::Replay(kept);
        }
        let detail = "This Idempotency-Key belongs to another request; use a new key for a new request.";
        ApiError::new(Code::IdempotencyKeyReused, detail)
    }
}

/// The path, with the query where there is one: what it asks for may be something else.
fn asked(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("/", |asked| asked.as_str())
}

/// Gives the kept answer in place of a refusal. When two equal requests run at once, whatever the second one is
/// refused for was made true by the first.
pub(crate) async fn give_kept(mut request: Request, next: Next) -> Response {
    let slot = Slot::default();
    request.extensions_mut().insert(slot.clone());
    let response = next.run(request).await;
    let refused = response.status().is_client_error() || response.status().is_server_error();
    let Some(place) = slot.0.get().filter(|_| refused) else { return response };
    match place.find().await {
        Ok(Some(kept)) => place.replay(kept).into_response(),
        // The refusal stands; it says what to do.
        Ok(None) | Err(_) => response,
    }
}

/// The header of an operation that keeps its answer.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct RepeatKey {
    /// Makes repeating the request safe for 24 hours: the work is done once, and the same answer comes back with `Idempotent-Replayed: true`, but
    /// for secrets, which it names in `shownOnce`. Secrets of the body, such as passwords and codes, are not compared: with another one use
    /// a new key.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 64)]
    pub idempotency_key: Option<String>,
}
