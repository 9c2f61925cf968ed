//! A command is all or nothing, and says by name why it was not taken.

use vestibule_domain::{DocumentStatus, Hire, Job, JobStatus};
use vestibule_store::{Conflict, JobEvent, JobWrites, StoreError, TenantStore};

use crate::{
    given::{address, answer, hire, hire_with_job, kind, scope},
    table::Table,
};

#[track_caller]
fn conflict(refused: Result<(), StoreError>) -> Conflict {
    match refused {
        Err(StoreError::Conflict(conflict)) => conflict,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

/// Starts the job: state, marker, hire, audit, outbox, address and answer in one.
async fn start(
    table: &Table,
    store: TenantStore<'_>,
    (hire, job): (&Hire, &mut Job),
    (taken, key): (&str, &str),
) -> Result<(), StoreError> {
    let taken = address(taken);
    job.status = JobStatus::Running;
    let event = JobEvent {
        from: Some(JobStatus::Pending),
        action: "job.start",
        writes: JobWrites::none().replace_hire(hire.clone()).reserve(taken),
        answer: Some(answer("caller", key)),
    };
    store.save_job(job, event, &table.world).await
}

#[tokio::test]
async fn state_audit_event_lock_and_answer_are_written_together() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (hire, mut job) = hire_with_job(&table, &scope).await;
    assert_eq!(table.kinds().await, "audit 2, hire 1, job 1, outbox 1, pending 1");
    start(&table, store, (&hire, &mut job), ("kim.doe", "k1")).await.unwrap();
    assert_eq!(table.kinds().await, "address 1, answer 1, audit 3, hire 1, job 1, outbox 2");
    assert_eq!(store.find::<Job>(job.id).await.unwrap().unwrap(), job);
    let stored = store.find::<Hire>(hire.id).await.unwrap().unwrap();
    let provisioning = Some(JobStatus::Running);
    assert_eq!(stored, Hire { provisioning, version: hire.version + 1, ..hire });
}

#[tokio::test]
async fn whatever_the_conflict_nothing_is_written_and_the_values_keep_their_versions() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (first_hire, mut first) = hire_with_job(&table, &scope).await;
    start(&table, store, (&first_hire, &mut first), ("taken", "used")).await.unwrap();
    let (hire, job) = hire_with_job(&table, &scope).await;
    let (mut old_job, mut old_hire) = (job.clone(), hire.clone());
    (old_job.version, old_hire.version) = (7, 7);
    let before = table.rows().await;
    let cases = [
        (&hire, &old_job, ("free", "new"), Conflict::Stale),
        (&old_hire, &job, ("free", "new"), Conflict::Stale),
        (&hire, &job, ("taken", "new"), Conflict::AddressTaken),
        (&hire, &job, ("free", "used"), Conflict::KeyUsed),
    ];
    for (hire, job, names, expected) in cases {
        let mut job = job.clone();
        let read = job.version;
        let refused = start(&table, store, (hire, &mut job), names).await;
        assert_eq!(conflict(refused), expected);
        assert_eq!(job.version, read, "{expected:?}");
        assert!(table.rows().await == before, "{expected:?} left something behind");
    }
    let mut job = job;
    start(&table, store, (&hire, &mut job), ("free", "new")).await.unwrap();
}

#[tokio::test]
async fn a_lock_of_another_job_is_not_released_and_nothing_else_happens_either() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (hire, mut owner) = hire_with_job(&table, &scope).await;
    start(&table, store, (&hire, &mut owner), ("kim.doe", "k1")).await.unwrap();
    let (_, mut other) = hire_with_job(&table, &scope).await;
    let (before, theirs) = (table.rows().await, address("kim.doe"));
    let release = JobEvent { writes: JobWrites::none().release(theirs.clone()), ..JobEvent::default() };
    let refused = store.save_job(&mut other, release, &table.world).await;
    assert_eq!(conflict(refused), Conflict::NotOurs);
    assert!(table.rows().await == before);
    let release = JobEvent { writes: JobWrites::none().release(theirs.clone()), ..JobEvent::default() };
    store.save_job(&mut owner, release, &table.world).await.unwrap();
    assert!(store.taken_addresses(&[theirs]).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_exists_is_not_made_again() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (mut hire, job) = hire_with_job(&table, &scope).await;
    let before = table.rows().await;
    let refused = store.create_hire(&hire, None, &table.world).await;
    assert_eq!(conflict(refused), Conflict::Exists);
    let read = hire.version;
    let refused = store.create_job(&job, &mut hire, None, &table.world).await;
    assert_eq!((conflict(refused), hire.version), (Conflict::Exists, read));
    assert!(table.rows().await == before);
}

#[tokio::test]
async fn a_document_and_the_job_it_makes_due_are_written_together_or_not_at_all() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let mut new = hire(&["w9"], &table.world);
    store.create_hire(&new, None, &table.world).await.unwrap();
    let job = vestibule_domain::Job::new(vestibule_domain::JobKind::MAILBOX, new.id, &table.world);
    new.documents.get_mut(&kind("w9")).unwrap().status = DocumentStatus::Signed;
    new.mailbox_job = Some(job.id);
    let (mut late, kind) = (new.clone(), kind("w9"));
    let moved = (&kind, DocumentStatus::Pending);
    store.record_document(&mut new, moved, Some(&job), &table.world).await.unwrap();
    let before = table.rows().await;
    assert_eq!(table.kinds().await, "audit 3, hire 1, job 1, outbox 1, pending 1");
    let other = vestibule_domain::Job::new(vestibule_domain::JobKind::MAILBOX, new.id, &table.world);
    let refused = store.record_document(&mut late, moved, Some(&other), &table.world).await;
    assert_eq!((conflict(refused), late.version), (Conflict::Stale, 0));
    assert!(table.rows().await == before);
}
