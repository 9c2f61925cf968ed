//! The operations against models of Secrets Manager and the table on this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod audit_key;
mod create_tenant;
mod field_keys;
mod init;
mod init_admins;
mod signing;
mod suppression;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use vestibule_auth::{SigningKey, VerificationKeys};
use vestibule_domain::World;
use vestibule_models::{Cloud, CloudOptions};
use vestibule_ops::{AuditKey, Initialised, KeyPair, OpsError, Vault, init_keys, rotate_signing_key};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const AT_ONCE: Duration = Duration::ZERO;

struct Account {
    cloud: Cloud,
    settings: BTreeMap<String, String>,
    vault: Vault,
    world: World,
    /// What the world and the models show, in milliseconds; it stands still by itself.
    clock: Arc<AtomicI64>,
}

fn names() -> KeyPair {
    KeyPair { signing: "signing".into(), verification: "verification".into() }
}

fn audit_key() -> AuditKey {
    AuditKey { secret: "audit".into(), name: "acme.example/audit".into() }
}

impl Account {
    /// The secrets as a template makes them.
    async fn new() -> Self {
        let clock = Arc::new(AtomicI64::new(1_790_000_000_000));
        let shown = Arc::clone(&clock);
        let time = move || Timestamp::from_millisecond(shown.load(Ordering::SeqCst)).unwrap();
        let options = CloudOptions { clock: Arc::new(time.clone()), ..CloudOptions::default() };
        let cloud = Cloud::open(None, options).unwrap();
        for (name, value) in
            [("signing", "placeholder"), ("verification", r#"{"keys":[]}"#), ("ring", "{}"), ("audit", "-")]
        {
            cloud.secrets().put(name, value).unwrap();
        }
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = cloud.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &url),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let world = World::new(time, |buffer| aws_lc_rs::rand::fill(buffer).unwrap());
        Self { cloud, vault: Vault::open(&settings).unwrap(), settings, world, clock }
    }

    /// With first keys.
    async fn initialised() -> Self {
        let account = Self::new().await;
        account.init().await.unwrap();
        account
    }

    async fn init(&self) -> Result<Initialised, OpsError> {
        init_keys(&self.vault, &names(), "ring", &audit_key(), &self.world).await
    }

    async fn rotate(&self, keep_for: SignedDuration) -> Result<String, OpsError> {
        rotate_signing_key(&self.vault, &names(), (keep_for, AT_ONCE), &self.world).await
    }

    fn pass(&self, time: SignedDuration) {
        self.clock.fetch_add(time.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }

    fn secret(&self, name: &str) -> SecretString {
        self.cloud.secrets().value(name).unwrap().unwrap().into()
    }

    fn signing(&self) -> String {
        SigningKey::from_secret(&self.secret("signing")).unwrap().public().kid.clone()
    }

    fn published(&self) -> Vec<String> {
        let text = self.cloud.secrets().value("verification").unwrap().unwrap();
        let set: VerificationKeys = serde_json::from_str(&text).unwrap();
        set.keys.into_iter().map(|key| key.kid).collect()
    }
}
