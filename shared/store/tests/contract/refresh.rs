//! The rotation of refresh tokens.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_auth::{Actor, FieldKeys, RefreshToken};
use vestibule_domain::Device;
use vestibule_store::{Family, Rotation, SeedTenant, Standing, Store, StoreError};

use crate::{
    given::{seed, session},
    table::{Table, sealer},
};

async fn rotated(store: &Store, token: &RefreshToken, table: &Table) -> (RefreshToken, Family) {
    let stranger = Actor::Stranger { source_ip: None, user_agent: None };
    match store.platform().rotate(token, &stranger, &table.world).await.unwrap() {
        Rotation::Next(next) => *next,
        other => panic!("{other:?}"),
    }
}

async fn successor(store: &Store, token: &RefreshToken, table: &Table) -> String {
    rotated(store, token, table).await.0.to_text().expose_secret().to_owned()
}

/// A tenant whose person has a session, and its refresh token.
fn signed_in(table: &Table) -> (SeedTenant, RefreshToken) {
    let mut seed = seed(&table.world);
    let mut session = session(seed.tenant.id, &table.world);
    let token = RefreshToken::new(seed.users[0].user.id, session.id, &table.world);
    session.device = Some(Device { agent: Some("curl".into()), address: None });
    session.current = Some(token.digest());
    seed.users[0].session = Some(session);
    (seed, token)
}

#[tokio::test]
async fn a_session_sealed_with_an_unknown_key_is_refreshed_all_the_same() {
    let table = Table::new().await;
    let newer = FieldKeys::rotate(&table.ring, &table.world).unwrap();
    let ahead = table.with_sealer(sealer(&newer, &table.world));
    let (seed, token) = signed_in(&table);
    let user = seed.users[0].user.id;
    ahead.platform().create_tenant(&seed).await.unwrap();

    let sessions = table.store.platform().list_sessions(user, table.world.now()).await;
    assert!(matches!(sessions, Err(StoreError::Busy(_))), "the device cannot be opened");
    let first = successor(&table.store, &token, &table).await;
    assert_eq!(successor(&table.store, &token, &table).await, first, "a repeated request");
}

#[tokio::test]
async fn what_somebody_lost_counts_at_the_next_refresh() {
    let value = |value: Value| -> AttributeValue { serde_dynamo::to_attribute_value(value).unwrap() };
    let at = value(json!("2026-11-20T09:00:00Z"));
    let suspended = value(json!({ "state": "suspended", "since": "2026-11-20T09:00:00Z", "by": "test" }));
    let half_an_hour = value(json!({ "idle_minutes": 30, "second_factor": false }));
    for (row, attribute, value, expected) in [
        ("AUTHZ", "unknown", at.clone(), None),
        ("USER", "status", suspended, Some(Standing::Over)),
        ("USER", "epoch", value(json!(1)), Some(Standing::Over)),
        ("MEMBER", "suspended", at.clone(), Some(Standing::Good(None))),
        ("AUTHZ", "suspended", at.clone(), Some(Standing::Good(None))),
        ("AUTHZ", "security", half_an_hour, Some(Standing::Over)),
    ] {
        let table = Table::new().await;
        let (seed, token) = signed_in(&table);
        let (user, tenant) = (seed.users[0].user.id, seed.tenant.id);
        table.store.platform().create_tenant(&seed).await.unwrap();
        let (pk, sk) = match row {
            "USER" => (format!("U#{user}"), row.to_owned()),
            "MEMBER" => (format!("T#{tenant}"), format!("MEMBER#{user}")),
            _ => (format!("T#{tenant}"), row.to_owned()),
        };
        table.set((&pk, &sk), attribute, value).await;
        let next = rotated(&table.store, &token, &table).await.0;
        table.advance(SignedDuration::from_mins(31));
        let (_, family) = rotated(&table.store, &next, &table).await;
        let standing = table.store.platform().standing(user, &family, table.world.now()).await.unwrap();
        assert_eq!(standing, expected.unwrap_or(Standing::Good(Some(tenant))), "{row} {attribute}");
    }
}
