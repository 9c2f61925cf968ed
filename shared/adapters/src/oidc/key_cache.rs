//! A provider's addresses and keys, remembered for an hour.
//!
//! One fetch at a time, the others wait for it. Neither a provider that is down nor tokens with made-up key
//! ids turn sign-ins into a stream of fetches.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::RwLock;

use super::OidcError;
use super::discovery::{Published, Source};

const TIME_TO_LIVE: SignedDuration = SignedDuration::from_hours(1);
/// Between two fetches for keys that are not known.
const PAUSE_FOR_KEYS: SignedDuration = SignedDuration::from_mins(1);
/// After a fetch that failed.
const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(5);

/// The memory of one provider.
#[derive(Debug)]
pub(super) struct KeyCache {
    source: Source,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    published: Option<Arc<Published>>,
    tried_at: Option<Timestamp>,
}

impl KeyCache {
    pub(super) fn new(source: Source) -> Self {
        Self { source, state: RwLock::default() }
    }

    /// What the provider published, at most an hour old.
    pub(super) async fn current(&self, now: Timestamp) -> Result<Arc<Published>, OidcError> {
        if let Some(published) = self.state.read().await.fresh(now) {
            return Ok(published);
        }
        let mut state = self.state.write().await;
        if let Some(published) = state.fresh(now) {
            return Ok(published);
        }
        if state.tried_within(PAUSE_AFTER_FAILURE, now) {
            return Err(OidcError::Unavailable);
        }
        state.renew(&self.source, now).await
    }

    /// What the provider published, fetched anew for a token that does not fit `seen`; `None` if that was
    /// tried less than a minute ago.
    pub(super) async fn renewed(
        &self,
        seen: &Arc<Published>,
        now: Timestamp,
    ) -> Result<Option<Arc<Published>>, OidcError> {
        let mut state = self.state.write().await;
        // Somebody else fetched it while this one waited.
        if let Some(published) = state.fresh(now).filter(|published| !Arc::ptr_eq(published, seen)) {
            return Ok(Some(published));
        }
        if state.tried_within(PAUSE_FOR_KEYS, now) {
            return Ok(None);
        }
        state.renew(&self.source, now).await.map(Some)
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }
}

impl State {
    fn fresh(&self, now: Timestamp) -> Option<Arc<Published>> {
        let published = self.published.as_ref()?;
        (now.duration_since(published.fetched_at).abs() < TIME_TO_LIVE).then(|| Arc::clone(published))
    }

    fn tried_within(&self, pause: SignedDuration, now: Timestamp) -> bool {
        self.tried_at.is_some_and(|tried_at| now.duration_since(tried_at).abs() < pause)
    }

    async fn renew(&mut self, source: &Source, now: Timestamp) -> Result<Arc<Published>, OidcError> {
        self.tried_at = Some(now);
        let published = Arc::new(source.fetch(now).await?);
        self.published = Some(Arc::clone(&published));
        Ok(published)
    }
}
