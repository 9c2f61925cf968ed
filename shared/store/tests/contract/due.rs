//! What waits and what is due.

use jiff::SignedDuration;
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, JobStatus};
use vestibule_store::{GSI2, JobEvent};

use crate::{
    given::{hire_with_job, scope},
    table::Table,
};

async fn change(table: &Table, scope: &TenantScope, job: &mut Job, status: JobStatus) {
    let from = Some(std::mem::replace(&mut job.status, status));
    let event = JobEvent { from, action: "job.change", ..JobEvent::default() };
    let store = table.store.tenant(scope);
    store.save_job(job, event, &table.world).await.unwrap();
}

#[tokio::test]
async fn the_oldest_pending_job_comes_first() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(hire_with_job(&table, &scope).await.1.id);
        table.advance(SignedDuration::from_millis(1));
    }
    let store = table.store.tenant(&scope);
    assert_eq!(store.oldest_pending(10).await.unwrap(), made);
    assert_eq!(store.oldest_pending(2).await.unwrap(), made[..2]);
}

#[tokio::test]
async fn a_job_is_among_the_pending_exactly_while_it_is_pending() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (_, mut job) = hire_with_job(&table, &scope).await;
    let path =
        [JobStatus::Running, JobStatus::Failed, JobStatus::Pending, JobStatus::Pending, JobStatus::Cancelled];
    assert_eq!(store.oldest_pending(9).await.unwrap(), [job.id]);
    for status in path {
        change(&table, &scope, &mut job, status).await;
        let pending = store.oldest_pending(9).await.unwrap();
        assert_eq!(pending.contains(&job.id), status == JobStatus::Pending, "{status:?}");
    }
}

#[tokio::test]
async fn only_jobs_whose_time_has_come_are_due() {
    let table = Table::new().await;
    let (one, other) = (scope(&table.world), scope(&table.world));
    let now = table.world.now();
    let mut expected = Vec::new();
    for (scope, minutes) in [(&one, -5), (&other, 0), (&one, 5), (&other, -1)] {
        let (_, mut job) = hire_with_job(&table, scope).await;
        job.due = Some(now + SignedDuration::from_mins(minutes));
        let store = table.store.tenant(scope);
        store.save_job(&mut job, JobEvent::default(), &table.world).await.unwrap();
        if minutes <= 0 {
            expected.push((scope.tenant(), job.id));
        }
    }
    let mut due: Vec<_> = table.store.platform().due_jobs(now, 50).await.unwrap();
    due.sort_by_key(|due| due.job);
    expected.sort_by_key(|(_, job)| *job);
    assert_eq!(due.iter().map(|d| (d.tenant, d.job)).collect::<Vec<_>>(), expected);
    let later = now + SignedDuration::from_mins(5);
    assert_eq!(table.store.platform().due_jobs(later, 50).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_job_without_a_due_time_is_not_in_the_index_at_all() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let (_, mut job) = hire_with_job(&table, &scope).await;
    hire_with_job(&table, &scope).await;
    assert_eq!(table.index_size(GSI2).await, 2, "hires, markers and audit records are no due work");
    job.due = None;
    change(&table, &scope, &mut job, JobStatus::Succeeded).await;
    assert_eq!(table.index_size(GSI2).await, 1);
}

#[tokio::test]
async fn of_many_due_jobs_each_shard_gives_its_oldest() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    for _ in 0..24 {
        hire_with_job(&table, &scope).await;
        table.advance(SignedDuration::from_millis(1));
    }
    let now = table.world.now();
    let all = table.store.platform().due_jobs(now, 50).await.unwrap();
    assert_eq!(all.len(), 24);
    let some = table.store.platform().due_jobs(now, 1).await.unwrap();
    assert!((1..=4).contains(&some.len()), "{}", some.len());
    assert!(some.iter().any(|due| due.job == all.iter().map(|d| d.job).min().unwrap()));
}
