//! Another tenant's scope sees nothing and changes nothing.

use vestibule_domain::{DocumentStatus, Hire, Job};
use vestibule_store::{Conflict, CursorKey, JobEvent, PageRequest, StoreError};

use crate::{
    given::{hire_with_job, kind, scope, seed},
    table::Table,
};

#[tokio::test]
async fn another_tenant_sees_nothing() {
    let table = Table::new().await;
    let (owner, stranger) = (scope(&table.world), scope(&table.world));
    let (hire, job) = hire_with_job(&table, &owner).await;
    let store = table.store.tenant(&stranger);
    let key = CursorKey::new(&"a cursor key of good length".to_owned().into());
    let request = PageRequest::default();
    assert!(store.find::<Hire>(hire.id).await.unwrap().is_none());
    assert!(store.find::<Job>(job.id).await.unwrap().is_none());
    assert!(store.oldest_pending(10).await.unwrap().is_empty());
    assert!(store.list::<Hire>(&request, &key).await.unwrap().unwrap().items.is_empty());
    assert!(store.list::<Job>(&request, &key).await.unwrap().unwrap().items.is_empty());
    let missing = store.settings().await.unwrap_err().to_string();
    assert!(missing.contains(&stranger.tenant().to_string()) && missing.contains("missing"), "{missing}");
}

#[tokio::test]
async fn another_tenant_changes_nothing_even_with_the_right_ids_and_versions() {
    let table = Table::new().await;
    let (owner, stranger) = (scope(&table.world), scope(&table.world));
    let (mut hire, mut job) = hire_with_job(&table, &owner).await;
    let before = table.rows().await;
    let (store, kind) = (table.store.tenant(&stranger), kind("w9"));
    let moved = (&kind, DocumentStatus::Pending);
    let writes = [
        store.record_document(&mut hire, moved, None, &table.world).await,
        store.save_job(&mut job, JobEvent::default(), &table.world).await,
        store.create_job(&job, &mut hire, None, &table.world).await,
    ];
    for refused in writes {
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Stale))), "{refused:?}");
    }
    assert!(table.rows().await == before);
}

#[tokio::test]
async fn an_endpoint_stands_for_its_own_tenant() {
    let table = Table::new().await;
    let (one, other) = (seed(&table.world), seed(&table.world));
    for seed in [&one, &other] {
        table.store.platform().create_tenant(seed).await.unwrap();
        let found = table.store.platform().find_endpoint(seed.tenant.endpoint.unwrap()).await.unwrap();
        assert_eq!(found.map(|endpoint| endpoint.tenant), Some(seed.tenant.id));
    }
    let unknown = vestibule_domain::EndpointId::new(&table.world);
    assert!(table.store.platform().find_endpoint(unknown).await.unwrap().is_none());
}
