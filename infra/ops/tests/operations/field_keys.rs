//! The ring of field keys, and a table that moves to a new one.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use vestibule_auth::{FieldKeys, SystemTask, TenantScope};
use vestibule_domain::{DocumentKind, Email, Hire, HireName, PersonName, TenantId, World};
use vestibule_ops::{OpsError, Vault, reseal, rotate_field_keys};
use vestibule_store::{ResealProgress, Sealer, Store, table_definition};

use crate::Account;

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
    assert_eq!(store.tenant(&scope).find::<Hire>(hire.id).await.unwrap(), Some(hire));
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
pub(crate) async fn with_table(account: &mut Account) -> (Store, String) {
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

/// All rows of the table.
pub(crate) async fn rows(account: &Account) -> Vec<HashMap<String, AttributeValue>> {
    let config = vestibule_adapters::aws::sdk_config(&account.settings, "DYNAMODB").unwrap();
    let scan = aws_sdk_dynamodb::Client::new(&config).scan().table_name("table");
    scan.send().await.unwrap().items.unwrap_or_default()
}
