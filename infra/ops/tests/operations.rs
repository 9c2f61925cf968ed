//! The operations against models of Secrets Manager and the table on this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use vestibule_auth::{FieldKeys, SigningKey, SystemTask, TenantScope, VerificationKeys};
use vestibule_domain::{DocumentKind, Email, Hire, HireName, PersonName, TenantId, World};
use vestibule_models::{Cloud, CloudOptions};
use vestibule_ops::{
    Initialised, KeyPair, OpsError, Vault, init_keys, publish_next, reseal, rotate_field_keys,
    rotate_signing_key, sign_with,
};
use vestibule_store::{ResealProgress, Sealer, Store, table_definition};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const AT_ONCE: Duration = Duration::ZERO;

struct Account {
    cloud: Cloud,
    settings: BTreeMap<String, String>,
    vault: Vault,
    world: World,
}

#[expect(clippy::disallowed_methods, reason = "the models' own clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn names() -> KeyPair {
    KeyPair { signing: "signing".into(), verification: "verification".into() }
}

impl Account {
    /// The secrets as a template makes them.
    async fn new() -> Self {
        let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
        for (name, value) in [("signing", "placeholder"), ("verification", r#"{"keys":[]}"#), ("ring", "{}")]
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
        let world = World::new(now, |buffer| aws_lc_rs::rand::fill(buffer).unwrap());
        Self { cloud, vault: Vault::open(&settings).unwrap(), settings, world }
    }

    /// With first keys.
    async fn initialised() -> Self {
        let account = Self::new().await;
        account.init().await.unwrap();
        account
    }

    async fn init(&self) -> Result<Initialised, OpsError> {
        init_keys(&self.vault, &names(), "ring", &self.world).await
    }

    async fn rotate(&self, keep_for: SignedDuration) -> Result<String, OpsError> {
        rotate_signing_key(&self.vault, &names(), (keep_for, AT_ONCE), &self.world).await
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

#[tokio::test]
async fn first_keys_are_made_once() {
    let account = Account::new().await;
    assert!(matches!(account.rotate(HOUR).await, Err(OpsError::Placeholder(name)) if name == "signing"));
    let all = Initialised { signing: true, verification: true, ring: true };
    assert_eq!(account.init().await.unwrap(), all);
    assert_eq!(account.published(), [account.signing()]);
    let before = ["signing", "verification", "ring"].map(|name| account.cloud.secrets().value(name).unwrap());
    assert_eq!(account.init().await.unwrap(), Initialised::default());
    assert_eq!(
        before,
        ["signing", "verification", "ring"].map(|name| account.cloud.secrets().value(name).unwrap())
    );
    FieldKeys::from_secret(&account.secret("ring")).unwrap();
}

#[tokio::test]
async fn a_half_made_pair_is_completed() {
    let account = Account::initialised().await;
    let kid = account.signing();
    account.cloud.secrets().put("verification", "{}").unwrap();
    assert_eq!(account.init().await.unwrap(), Initialised { verification: true, ..Initialised::default() });
    assert_eq!(account.published(), [&*kid]);
    account.cloud.secrets().put("signing", "placeholder").unwrap();
    account.init().await.unwrap();
    assert_eq!(account.published(), [&*account.signing(), &*kid]);
}

#[tokio::test]
async fn what_is_not_ours_is_never_overwritten() {
    let account = Account::new().await;
    account.cloud.secrets().put("ring", "somebody's password").unwrap();
    let refused = account.init().await.unwrap_err();
    assert!(matches!(&refused, OpsError::Foreign { name, .. } if name == "ring"));
    assert!(!refused.to_string().contains("password"));
    assert_eq!(account.cloud.secrets().value("signing").unwrap().as_deref(), Some("placeholder"));
    account.cloud.secrets().put("ring", "{}").unwrap();
    account.init().await.unwrap();
    account.cloud.secrets().put("signing", secrecy::ExposeSecret::expose_secret(&other_key())).unwrap();
    assert!(matches!(account.init().await, Err(OpsError::Unpaired(_))));
    assert!(matches!(account.rotate(HOUR).await, Err(OpsError::Unpaired(_))));
    let elsewhere = KeyPair { signing: "nowhere".into(), ..names() };
    let missing = publish_next(&account.vault, &elsewhere, HOUR, now()).await.unwrap_err();
    assert!(matches!(missing, OpsError::Missing(name) if name == "nowhere"));
}

fn other_key() -> SecretString {
    SigningKey::generate().unwrap().to_secret()
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_stays() {
    let account = Account::initialised().await;
    let first = account.signing();
    let next = publish_next(&account.vault, &names(), HOUR, now()).await.unwrap();
    assert_eq!(account.published(), [next.kid(), &first]);
    assert_eq!(account.signing(), first);
    let second = sign_with(&account.vault, &names(), next).await.unwrap();
    assert_eq!((account.signing(), account.published()), (second.clone(), vec![second, first]));
}

#[tokio::test]
async fn keys_go_when_their_tokens_have_ended_and_not_before() {
    let account = Account::initialised().await;
    let first = account.signing();
    let second = account.rotate(HOUR).await.unwrap();
    let third = account.rotate(HOUR).await.unwrap();
    assert_eq!(account.published(), [&*third, &*second, &*first]);
    let refused = account.rotate(HOUR).await.unwrap_err();
    assert!(matches!(refused, OpsError::TooSoon(rest) if rest <= HOUR && rest > HOUR / 2), "{refused}");
    assert_eq!((account.signing(), account.published().len()), (third.clone(), 3));
    let later = now() + HOUR + SignedDuration::from_secs(1);
    let next = publish_next(&account.vault, &names(), HOUR, later).await.unwrap();
    assert_eq!(account.published(), [next.kid(), &third]);
}

#[tokio::test]
async fn an_interrupted_rotation_is_gone_on_with() {
    let account = Account::initialised().await;
    let first = account.signing();
    for _ in 0..4 {
        drop(publish_next(&account.vault, &names(), HOUR, now()).await.unwrap());
        assert_eq!((account.published().len(), account.signing()), (2, first.clone()));
    }
    let second = account.rotate(HOUR).await.unwrap();
    assert_eq!(account.published(), [second, first]);
}

#[tokio::test]
async fn of_two_rotations_one_ends() {
    let account = Account::initialised().await;
    let one = publish_next(&account.vault, &names(), HOUR, now()).await.unwrap();
    let other = publish_next(&account.vault, &names(), HOUR, now()).await.unwrap();
    assert!(matches!(sign_with(&account.vault, &names(), one).await, Err(OpsError::Overtaken)));
    let kid = sign_with(&account.vault, &names(), other).await.unwrap();
    assert_eq!((account.signing(), &account.published()[0]), (kid.clone(), &kid));
}

#[tokio::test]
async fn two_new_field_keys_at_once_never_lose_one() {
    let account = Account::initialised().await;
    let rotate = || rotate_field_keys(&account.vault, "ring", &account.world);
    let results: [_; 4] = tokio::join!(rotate(), rotate(), rotate(), rotate()).into();
    let ring = FieldKeys::from_secret(&account.secret("ring")).unwrap();
    for result in results {
        match result {
            Ok(kid) => assert!(ring.has(&kid), "{kid} was lost"),
            Err(error) => assert!(matches!(error, OpsError::Changed(_)), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_table_moves_to_the_new_key() {
    let mut account = Account::initialised().await;
    let (store, old) = with_table(&mut account).await;
    let scope = TenantScope::for_system(TenantId::new(&account.world), SystemTask::Sweep);
    let hire = hire(&account.world);
    store.tenant(&scope).create_hire(&hire, None, &account.world).await.unwrap();
    let kid = rotate_field_keys(&account.vault, "ring", &account.world).await.unwrap();
    assert_ne!(kid, old);
    let walk = || reseal(&account.settings, "table", "ring", &account.world, |_| {});
    let done = walk().await.unwrap();
    assert!(done.resealed >= 1 && done.skipped == 0 && done.seen >= done.resealed, "{done:?}");
    assert_eq!(walk().await.unwrap(), ResealProgress { resealed: 0, ..done });
    store.sealer().keys().replace(&account.secret("ring")).unwrap();
    assert_eq!(store.tenant(&scope).find_hire(hire.id).await.unwrap(), Some(hire));
}

#[tokio::test]
async fn what_cannot_be_reached_says_what_to_do() {
    let nowhere = BTreeMap::new();
    let unset = Vault::open(&nowhere).unwrap_err();
    assert!(unset.to_string().contains("AWS_REGION"), "{unset}");
    let mut account = Account::initialised().await;
    with_table(&mut account).await;
    let missing = reseal(&account.settings, "elsewhere", "ring", &account.world, |_| {}).await.unwrap_err();
    assert!(missing.to_string().contains("run the command again"), "{missing}");
}

/// A table sealed with the ring; the id of its current key.
async fn with_table(account: &mut Account) -> (Store, String) {
    let database = dynoxide::Database::memory().unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    account.settings.insert("AWS_ENDPOINT_URL_DYNAMODB".into(), url);
    let config = vestibule_adapters::aws::sdk_config(&account.settings, "DYNAMODB").unwrap();
    let create = table_definition(&aws_sdk_dynamodb::Client::new(&config), "table").unwrap();
    create.send().await.unwrap();
    let keys = FieldKeys::from_secret(&account.secret("ring")).unwrap();
    let kid = keys.current_kid();
    (Store::new(&config, "table", Sealer::new(keys, account.world.clone())), kid)
}

fn hire(world: &World) -> Hire {
    let (given, family) = (PersonName::parse("Kim").unwrap(), PersonName::parse("Doe").unwrap());
    let documents = [DocumentKind::parse("w9").unwrap()];
    Hire::new(HireName { given, family }, Email::parse("kim@example.org").unwrap(), &documents, world)
}
