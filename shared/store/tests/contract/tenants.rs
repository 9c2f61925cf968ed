//! A whole tenant, written and removed.

use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::StepStatus;
use vestibule_store::{Conflict, JobEvent, JobWrites, StoreError};

use crate::{
    given::{address, answer, hire, hire_with_job, seed},
    table::Table,
};

#[tokio::test]
async fn a_tenant_is_created_once() {
    let table = Table::new().await;
    let seed = seed(&table.world);
    let platform = table.store.platform();
    platform.create_tenant(&seed).await.unwrap();
    let before = table.rows().await;
    let mut again = seed.clone();
    again.tenant.name = "Somebody else".into();
    let refused = platform.create_tenant(&again).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Exists))), "{refused:?}");
    assert!(table.rows().await == before);
    let scope = TenantScope::for_system(seed.tenant.id, SystemTask::Seed);
    assert_eq!(table.store.tenant(&scope).settings().await.unwrap(), seed.tenant);
}

/// Hires, a job with an address, a kept answer.
async fn live(table: &Table, scope: &TenantScope, caller: &str) {
    let store = table.store.tenant(scope);
    let kept = Some(answer(caller, "k1"));
    store.create_hire(&hire(&["w9"], &table.world), kept, &table.world).await.unwrap();
    let (_, mut job) = hire_with_job(table, scope).await;
    let held = address("kim.doe");
    let step = job.step_mut("reserve_address");
    (step.status, step.effect) = (StepStatus::Done, Some(held.to_string()));
    let event = JobEvent { writes: JobWrites::none().reserve(held.clone()), ..JobEvent::default() };
    store.save_job(&mut job, event, &table.world).await.unwrap();
}

#[tokio::test]
async fn a_cleared_tenant_leaves_its_audit_log_and_nothing_else() {
    let table = Table::new().await;
    let (seed, other) = (seed(&table.world), seed(&table.world));
    let platform = table.store.platform();
    platform.create_tenant(&other).await.unwrap();
    let others = table.rows().await;
    platform.create_tenant(&seed).await.unwrap();
    let scope = TenantScope::for_system(seed.tenant.id, SystemTask::Seed);
    let caller = format!("{}.{}", seed.tenant.id, seed.users[0].user.id);
    live(&table, &scope, &caller).await;
    platform.clear_tenant(&seed.tenant).await.unwrap();
    let left: Vec<_> = table.rows().await.into_iter().filter(|row| !others.contains(row)).collect();
    let audit = format!("PK=S(\"T#{}#AUDIT#", seed.tenant.id);
    assert!(left.iter().all(|row| row.contains(&audit)), "{left:#?}");
    assert_eq!(left.len(), 3);
    assert_eq!(table.rows().await.len(), left.len() + others.len(), "the other tenant is untouched");
    platform.create_tenant(&seed).await.unwrap();
}

#[tokio::test]
async fn a_tenant_of_more_rows_than_a_page_holds_is_cleared_to_the_last() {
    let table = Table::new().await;
    let seed = seed(&table.world);
    table.store.platform().create_tenant(&seed).await.unwrap();
    let scope = TenantScope::for_system(seed.tenant.id, SystemTask::Seed);
    let kinds: Vec<_> = (0..200).map(|n| format!("document_with_a_long_name_{n}")).collect();
    let kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
    for _ in 0..60 {
        let new = hire(&kinds, &table.world);
        table.store.tenant(&scope).create_hire(&new, None, &table.world).await.unwrap();
    }
    table.store.platform().clear_tenant(&seed.tenant).await.unwrap();
    assert_eq!(table.kinds().await, "audit 60");
}
