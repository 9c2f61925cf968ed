//! Addresses and who holds them.

use std::collections::HashSet;

use vestibule_store::{JobEvent, JobWrites};

use crate::{
    given::{address, hire_with_job, scope},
    table::Table,
};

#[tokio::test]
async fn of_a_hundred_addresses_the_taken_ones_are_found() {
    let table = Table::new().await;
    let (one, other) = (scope(&table.world), scope(&table.world));
    let wanted: Vec<_> = (1..=100).map(|n| address(&format!("kim.doe{n}"))).collect();
    let taken: HashSet<_> = wanted.iter().step_by(4).cloned().collect();
    let (_, mut job) = hire_with_job(&table, &one).await;
    for address in &taken {
        let event = JobEvent { writes: JobWrites::none().reserve(address.clone()), ..JobEvent::default() };
        table.store.tenant(&one).save_job(&mut job, event, &table.world).await.unwrap();
    }
    for scope in [&one, &other] {
        let store = table.store.tenant(scope);
        assert_eq!(store.taken_addresses(&wanted).await.unwrap(), taken, "a domain has one set of addresses");
        assert_eq!(store.taken_addresses(&wanted[..11]).await.unwrap().len(), 3);
        assert!(store.taken_addresses(&[]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn taking_and_giving_back_twice_is_the_same_as_once() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (_, mut job) = hire_with_job(&table, &scope).await;
    let address = address("kim.doe");
    for _ in 0..2 {
        let event = JobEvent { writes: JobWrites::none().reserve(address.clone()), ..JobEvent::default() };
        store.save_job(&mut job, event, &table.world).await.unwrap();
    }
    assert_eq!(table.kinds().await, "address 1, audit 2, hire 1, job 1, outbox 1, pending 1");
    for _ in 0..2 {
        let event = JobEvent { writes: JobWrites::none().release(address.clone()), ..JobEvent::default() };
        store.save_job(&mut job, event, &table.world).await.unwrap();
    }
    assert_eq!(table.kinds().await, "audit 2, hire 1, job 1, outbox 1, pending 1");
}
