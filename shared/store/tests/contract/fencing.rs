//! Who read an old version can write no more.

use vestibule_domain::{Hire, Job, JobStatus};
use vestibule_store::{Conflict, JobEvent, StoreError};

use crate::{
    given::{hire_with_job, scope},
    table::Table,
};

#[tokio::test]
async fn a_worker_that_was_overtaken_cannot_write() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (_, job) = hire_with_job(&table, &scope).await;
    let (mut old, mut new) = (job.clone(), job);
    new.lease_until = Some(table.world.now());
    store.save_job(&mut new, JobEvent::default(), &table.world).await.unwrap();
    old.status = JobStatus::Failed;
    for from in [None, Some(JobStatus::Running)] {
        let event = JobEvent { from, action: "job.fail", ..JobEvent::default() };
        let refused = store.save_job(&mut old, event, &table.world).await;
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Stale))), "{refused:?}");
        assert_eq!(old.version, 0);
    }
    assert_eq!(store.find::<Job>(new.id).await.unwrap().unwrap(), new);
}

#[tokio::test]
async fn a_hire_changed_by_its_job_fences_off_who_read_it_before() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (mut hire, mut job) = hire_with_job(&table, &scope).await;
    job.status = JobStatus::Running;
    let event = JobEvent { from: Some(JobStatus::Pending), action: "job.start", ..JobEvent::default() };
    store.save_job(&mut job, event, &table.world).await.unwrap();
    let shown = store.find::<Hire>(hire.id).await.unwrap().unwrap();
    assert_eq!((shown.provisioning, shown.version), (Some(JobStatus::Running), hire.version + 1));
    let another = vestibule_domain::Job::new(vestibule_domain::JobKind::CREDENTIALS, hire.id, &table.world);
    let refused = store.create_job(&another, &mut hire, None, &table.world).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Stale))), "{refused:?}");
    assert!(store.find::<Job>(another.id).await.unwrap().is_none());
}
