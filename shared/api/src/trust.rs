//! The public keys that access tokens are checked with, read again while the function runs: every
//! five minutes, and when a token names a key that is not known yet. What was checked once is
//! remembered, so that a warm function does not compute the same signature again.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use vestibule_adapters::secrets::Secrets;
use vestibule_auth::{Claims, TokenError, VerificationKeys, Verifier};
use vestibule_domain::World;

use crate::{Settings, state::StartError};

/// Milliseconds after which the keys are read again.
const AFTER: i64 = 300_000;
/// Tokens with unknown keys make them be read again at most this often, in milliseconds.
const AT_MOST: i64 = 10_000;
/// Most tokens remembered.
const REMEMBERED: usize = 512;

/// Claims of tokens whose signature was checked, by the token's SHA-256.
type Checked = HashMap<[u8; 32], Claims>;

/// A verifier that keeps up with a rotation. Cheap to clone.
#[derive(Clone)]
pub struct Trust {
    verifier: Verifier,
    checked: Arc<Mutex<Checked>>,
    secrets: Arc<Secrets>,
    name: Arc<str>,
    read: Arc<AtomicI64>,
    asked: Arc<tokio::sync::Mutex<i64>>,
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trust")
    }
}

impl Trust {
    /// Reads the keys that the settings name.
    pub async fn open(settings: &Settings, world: &World) -> Result<Self, StartError> {
        let (secrets, now) = (settings.secrets()?, world.now());
        let name = settings.get("VERIFICATION_KEYS_SECRET")?;
        let failed = |cause: String| StartError::outside("the verification keys", cause);
        let keys = Box::pin(secrets.read(name, now)).await.map_err(|error| failed(error.to_string()))?;
        let keys: VerificationKeys =
            serde_json::from_str(keys.expose_secret()).map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            verifier: Verifier::new(keys, settings.issuer()?),
            checked: Arc::default(),
            secrets,
            name: name.into(),
            read: Arc::new(AtomicI64::new(now.as_millisecond())),
            asked: Arc::new(tokio::sync::Mutex::new(i64::MIN)),
        })
    }

    /// The verifier with the keys it has at present.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The published keys, at most five minutes old at `now`.
    pub async fn keys(&self, now: Timestamp) -> VerificationKeys {
        self.keep_up("", now).await;
        self.verifier.keys()
    }

    /// What an access token says, if it is valid at `now`.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        self.keep_up(token, now).await;
        let mut name = [0; 32];
        name.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        let known = self.checked().get(&name).cloned();
        if let Some(claims) = known {
            return Some(claims).filter(|claims| claims.is_alive(now)).ok_or(TokenError);
        }
        let claims = self.verifier.verify(token, now)?;
        let mut checked = self.checked();
        if checked.len() >= REMEMBERED {
            checked.retain(|_, claims| claims.is_alive(now));
        }
        if checked.len() < REMEMBERED {
            checked.insert(name, claims.clone());
        }
        Ok(claims)
    }

    /// Reads the keys again when they are old or do not have the token's; those who come meanwhile
    /// with such a token wait for it.
    pub async fn keep_up(&self, token: &str, now: Timestamp) {
        let (millis, read) = (now.as_millisecond(), self.read.load(Ordering::Relaxed));
        let ours = || self.read.compare_exchange(read, millis, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if millis - read > AFTER && ours() {
            self.reload(now).await;
        } else if !self.verifier.knows(token) {
            let mut asked = self.asked.lock().await;
            if !self.verifier.knows(token) && millis.saturating_sub(*asked) > AT_MOST {
                *asked = millis;
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
            // A key may have been taken out because it was lost: nothing it signed counts any more.
            self.checked().clear();
        } else {
            tracing::error!("the verification keys are no JWK set; the old ones stay");
        }
    }

    fn checked(&self) -> MutexGuard<'_, Checked> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
