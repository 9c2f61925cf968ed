//! The rotation of refresh tokens.

use secrecy::ExposeSecret as _;
use vestibule_auth::{Actor, FieldKeys, RefreshToken};
use vestibule_domain::Device;
use vestibule_store::{Rotation, Store, StoreError};

use crate::{
    given::{seed, session},
    table::{Table, sealer},
};

async fn successor(store: &Store, token: &RefreshToken, table: &Table) -> String {
    let stranger = Actor::Stranger { source_ip: None, user_agent: None };
    match store.platform().rotate(token, &stranger, &table.world).await.unwrap() {
        Rotation::Next(next) => next.0.to_text().expose_secret().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_session_sealed_with_an_unknown_key_is_refreshed_all_the_same() {
    let table = Table::new().await;
    let newer = FieldKeys::rotate(&table.ring, &table.world).unwrap();
    let ahead = table.with_sealer(sealer(&newer, &table.world));
    let mut seed = seed(&table.world);
    let user = seed.users[0].user.id;
    let mut session = session(seed.tenant.id, &table.world);
    let token = RefreshToken::new(user, session.id, &table.world);
    session.device = Some(Device { agent: Some("curl".into()), address: None });
    session.current = Some(token.digest());
    seed.users[0].session = Some(session);
    ahead.platform().create_tenant(&seed).await.unwrap();

    let sessions = table.store.platform().list_sessions(user, table.world.now()).await;
    assert!(matches!(sessions, Err(StoreError::Busy(_))), "the device cannot be opened");
    let first = successor(&table.store, &token, &table).await;
    assert_eq!(successor(&table.store, &token, &table).await, first, "a repeated request");
}
