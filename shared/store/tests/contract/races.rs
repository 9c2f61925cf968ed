//! Many writers at once: every change is there afterwards, each once.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use vestibule_auth::TenantScope;
use vestibule_domain::{DocumentStatus, Hire, HireId, Job, JobId};
use vestibule_store::{Conflict, JobEvent, JobWrites, StoreError};

use crate::{
    given::{address, answer, hire, hire_with_job, kind, scope},
    table::Table,
};

const WRITERS: usize = 32;

/// Whether the write is over; a writer that was too late or met a busy table tries again.
async fn is_over(written: Result<(), StoreError>) -> bool {
    match written {
        Ok(()) => return true,
        Err(StoreError::Conflict(Conflict::Stale)) => {}
        Err(error) if error.is_transient() => {}
        Err(error) => panic!("{error}"),
    }
    tokio::time::sleep(Duration::from_millis(2)).await;
    false
}

async fn sign(table: &Table, scope: &TenantScope, (hire, name): (HireId, String)) {
    let (store, kind) = (table.store.tenant(scope), kind(&name));
    loop {
        let mut read = store.find::<Hire>(hire).await.unwrap().unwrap();
        read.documents.get_mut(&kind).unwrap().status = DocumentStatus::Signed;
        let moved = (&kind, DocumentStatus::Pending);
        if is_over(store.record_document(&mut read, moved, None, &table.world).await).await {
            return;
        }
    }
}

async fn note(table: &Table, scope: &TenantScope, (job, n): (JobId, usize)) {
    let store = table.store.tenant(scope);
    loop {
        let mut read = store.find::<Job>(job).await.unwrap().unwrap();
        read.step_mut(&n.to_string()).attempts += 1;
        if is_over(store.save_job(&mut read, JobEvent::default(), &table.world).await).await {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_signatures_at_once_are_all_kept() {
    let table = Arc::new(Table::new().await);
    let scope = scope(&table.world);
    let names: Vec<_> = (0..WRITERS).map(|n| format!("d{n}")).collect();
    let new = hire(&names.iter().map(String::as_str).collect::<Vec<_>>(), &table.world);
    table.store.tenant(&scope).create_hire(&new, None, &table.world).await.unwrap();
    let writers = names.into_iter().map(|name| {
        let (table, scope) = (table.clone(), scope.clone());
        tokio::spawn(async move { sign(&table, &scope, (new.id, name)).await })
    });
    for ended in join_all(writers).await {
        ended.unwrap();
    }
    let after = table.store.tenant(&scope).find::<Hire>(new.id).await.unwrap().unwrap();
    assert!(after.documents.values().all(|d| d.status == DocumentStatus::Signed));
    assert_eq!(after.version, WRITERS as u64);
    assert_eq!(table.kinds().await, "audit 33, hire 1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_writers_of_one_job_lose_no_change() {
    let table = Arc::new(Table::new().await);
    let scope = scope(&table.world);
    let (_, job) = hire_with_job(&table, &scope).await;
    let writers = (0..WRITERS).map(|n| {
        let (table, scope, job) = (table.clone(), scope.clone(), job.id);
        tokio::spawn(async move { note(&table, &scope, (job, n)).await })
    });
    for ended in join_all(writers).await {
        ended.unwrap();
    }
    let after = table.store.tenant(&scope).find::<Job>(job.id).await.unwrap().unwrap();
    assert!(after.steps.values().all(|step| step.attempts == 1), "{:?}", after.steps);
    assert_eq!((after.steps.len(), after.version), (WRITERS, WRITERS as u64));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_want_one_address_one_gets_it() {
    let table = Arc::new(Table::new().await);
    let scope = scope(&table.world);
    let mut jobs = Vec::new();
    for _ in 0..WRITERS {
        jobs.push(hire_with_job(&table, &scope).await.1);
    }
    let writers = jobs.into_iter().map(|mut job| {
        let (table, scope) = (table.clone(), scope.clone());
        tokio::spawn(async move {
            let wanted = address("kim.doe");
            loop {
                let event =
                    JobEvent { writes: JobWrites::none().reserve(wanted.clone()), ..JobEvent::default() };
                match table.store.tenant(&scope).save_job(&mut job, event, &table.world).await {
                    Ok(()) => return true,
                    Err(StoreError::Conflict(Conflict::AddressTaken)) => return false,
                    Err(error) => assert!(error.is_transient(), "{error}"),
                }
            }
        })
    });
    let got = join_all(writers).await.into_iter().filter(|ended| *ended.as_ref().unwrap());
    assert_eq!(got.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_used_by_many_at_once_works_once() {
    let table = Arc::new(Table::new().await);
    let scope = scope(&table.world);
    let writers = (0..WRITERS).map(|_| {
        let (table, scope) = (table.clone(), scope.clone());
        tokio::spawn(async move {
            let new = hire(&["w9"], &table.world);
            loop {
                let kept = Some(answer("caller", "once"));
                match table.store.tenant(&scope).create_hire(&new, kept, &table.world).await {
                    Ok(()) => return true,
                    Err(StoreError::Conflict(Conflict::KeyUsed)) => return false,
                    Err(error) => assert!(error.is_transient(), "{error}"),
                }
            }
        })
    });
    let made = join_all(writers).await.into_iter().filter(|ended| *ended.as_ref().unwrap());
    assert_eq!(made.count(), 1);
    assert_eq!(table.kinds().await, "answer 1, audit 1, hire 1");
}
