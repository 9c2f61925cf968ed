//! What is remembered between leaving for the provider and coming back. The caller seals it into a cookie, so
//! that nobody can finish in one browser what was started in another.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vestibule_domain::World;

use super::Refusal;

/// How long a sign-in may take at the provider.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// One sign-in under way. Its fields are secrets of the browser that started it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    pub(super) provider: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    started_at: Timestamp,
}

impl Attempt {
    pub(super) fn new(provider: &str, world: &World) -> Self {
        let draw = || URL_SAFE_NO_PAD.encode(world.bytes::<32>());
        let provider = provider.to_owned();
        Self { provider, state: draw(), nonce: draw(), verifier: draw(), started_at: world.now() }
    }

    /// Name of the provider that it was started with.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Whether `state` came back to the browser that started here, at the same `provider` and in time.
    pub(super) fn recognise(&self, provider: &str, state: &str, now: Timestamp) -> Result<(), Refusal> {
        verify_slices_are_equal(self.state.as_bytes(), state.as_bytes())
            .map_err(|_| Refusal::Attempt("state"))?;
        if self.provider != provider {
            return Err(Refusal::Attempt("provider"));
        }
        if now.duration_since(self.started_at).abs() > LIFETIME {
            return Err(Refusal::Late);
        }
        Ok(())
    }
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attempt({})", self.provider)
    }
}
