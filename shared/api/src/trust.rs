//! The public keys that access tokens are checked with, read again while the function runs: every
//! five minutes, and when a token names a key that is not known yet.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use vestibule_adapters::secrets::Secrets;
use vestibule_auth::{Claims, TokenError, VerificationKeys, Verifier};

/// Milliseconds after which the keys are read again.
const AFTER: i64 = 300_000;
/// Tokens with unknown keys make them be read again at most this often, in milliseconds.
const AT_MOST: i64 = 10_000;

/// A verifier that keeps up with a rotation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Trust {
    verifier: Verifier,
    secrets: Arc<Secrets>,
    name: Arc<str>,
    read: Arc<AtomicI64>,
}

impl Trust {
    /// Trusts the keys of `verifier`, which were read `now` from the secret `name`.
    pub fn new(verifier: Verifier, secrets: Arc<Secrets>, name: &str, now: Timestamp) -> Self {
        Self { verifier, secrets, name: name.into(), read: Arc::new(AtomicI64::new(now.as_millisecond())) }
    }

    /// The verifier with the keys it has at present.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// What an access token says, if it is valid at `now`.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        self.keep_up(token, now).await;
        self.verifier.verify(token, now)
    }

    /// Reads the keys again when they are old or do not have the token's.
    pub async fn keep_up(&self, token: &str, now: Timestamp) {
        let (millis, read) = (now.as_millisecond(), self.read.load(Ordering::Relaxed));
        let age = millis - read;
        if age > AFTER || (age > AT_MOST && !self.verifier.knows(token)) {
            let ours = self.read.compare_exchange(read, millis, Ordering::Relaxed, Ordering::Relaxed);
            if ours.is_ok() {
                self.reload(now).await;
            }
        }
    }

    async fn reload(&self, now: Timestamp) {
        let Ok(keys) = self.secrets.read(&self.name, now).await else {
            tracing::warn!("the verification keys cannot be read again; the old ones stay");
            return;
        };
        if let Ok(keys) = serde_json::from_str::<VerificationKeys>(keys.expose_secret()) {
            self.verifier.replace(keys);
        } else {
            tracing::error!("the verification keys are no JWK set; the old ones stay");
        }
    }
}
