//! Answers kept for repeated requests.

use jiff::SignedDuration;
use vestibule_store::{Conflict, StoreError};

use crate::{
    given::{answer, hire, scope},
    table::Table,
};

#[tokio::test]
async fn a_kept_answer_ends_by_the_clock_not_when_the_table_gets_round_to_deleting_it() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let kept = answer("caller", "k1");
    let (first, second) = (hire(&["w9"], &table.world), hire(&["w9"], &table.world));
    store.create_hire(&first, Some(kept.clone()), &table.world).await.unwrap();
    table.advance(SignedDuration::from_hours(24) - SignedDuration::from_millis(1));
    let platform = table.store.platform();
    let found = platform.find_answer("caller", &kept.key, table.world.now()).await.unwrap();
    assert_eq!(found.map(|found| (found.status, found.body)), Some((201, "{}".into())));
    let refused = store.create_hire(&second, Some(kept.clone()), &table.world).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::KeyUsed))), "{refused:?}");

    table.advance(SignedDuration::from_millis(1));
    assert_eq!(table.kinds().await, "answer 1, audit 1, hire 1", "the row is still there");
    let found = platform.find_answer("caller", &kept.key, table.world.now()).await.unwrap();
    assert!(found.is_none());
    store.create_hire(&second, Some(kept), &table.world).await.unwrap();
    assert_eq!(table.kinds().await, "answer 1, audit 2, hire 2");
}

#[tokio::test]
async fn keys_of_different_callers_never_meet() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    for caller in ["one", "other"] {
        let new = hire(&["w9"], &table.world);
        store.create_hire(&new, Some(answer(caller, "k1")), &table.world).await.unwrap();
    }
    assert_eq!(table.kinds().await, "answer 2, audit 2, hire 2");
    let key = answer("third", "k1").key;
    let found = table.store.platform().find_answer("third", &key, table.world.now()).await;
    assert!(found.unwrap().is_none());
}
