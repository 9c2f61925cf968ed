//! Lists page by page.

use std::collections::BTreeSet;

use futures::{StreamExt as _, stream};
use jiff::SignedDuration;
use vestibule_auth::TenantScope;
use vestibule_domain::{Hire, HireId, Job};
use vestibule_store::{CursorError, CursorKey, Page, PageRequest};

use crate::{
    given::{hire, hire_with_job, scope},
    table::Table,
};

fn key() -> CursorKey {
    CursorKey::new(&"a cursor key of good length".to_owned().into())
}

async fn page(
    table: &Table,
    scope: &TenantScope,
    (limit, cursor): (u16, Option<String>),
) -> Result<Page<Hire>, CursorError> {
    let request = PageRequest { limit: Some(limit), cursor };
    let store = table.store.tenant(scope);
    store.list::<Hire>(&request, &key()).await.unwrap()
}

async fn fill(table: &Table, scope: &TenantScope, count: usize) -> Vec<HireId> {
    let hires: Vec<_> = (0..count)
        .map(|_| {
            table.advance(SignedDuration::from_millis(1));
            hire(&["w9"], &table.world)
        })
        .collect();
    let store = table.store.tenant(scope);
    let writes = stream::iter(&hires).map(|hire| store.create_hire(hire, None, &table.world));
    let written: Vec<_> = writes.buffer_unordered(16).collect().await;
    assert!(written.iter().all(Result::is_ok));
    hires.iter().map(|hire| hire.id).collect()
}

#[tokio::test]
async fn two_hundred_and_fifty_hires_come_newest_first_without_gap_or_double() {
    let table = Table::new().await;
    let (one, other) = (scope(&table.world), scope(&table.world));
    let mut made = fill(&table, &one, 250).await;
    fill(&table, &other, 3).await;
    made.reverse();
    let (mut walked, mut sizes, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let page = page(&table, &one, (100, cursor)).await.unwrap();
        sizes.push(page.items.len());
        walked.extend(page.items.iter().map(|hire| hire.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((walked, sizes), (made, vec![100, 100, 50]));
}

#[tokio::test]
async fn what_is_added_while_walking_moves_nothing() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let made = fill(&table, &scope, 10).await;
    let first = page(&table, &scope, (5, None)).await.unwrap();
    fill(&table, &scope, 3).await;
    let second = page(&table, &scope, (5, first.next.clone())).await.unwrap();
    let walked: BTreeSet<_> = first.items.iter().chain(&second.items).map(|hire| hire.id).collect();
    assert_eq!(walked, made.into_iter().collect());
}

#[tokio::test]
async fn a_cursor_of_another_tenant_or_list_is_refused() {
    let table = Table::new().await;
    let (one, other) = (scope(&table.world), scope(&table.world));
    fill(&table, &one, 3).await;
    hire_with_job(&table, &other).await;
    let cursor = page(&table, &one, (2, None)).await.unwrap().next;
    assert!(cursor.is_some());
    assert!(page(&table, &other, (2, cursor.clone())).await.is_err());
    let request = PageRequest { limit: None, cursor: cursor.clone() };
    let jobs = table.store.tenant(&one).list::<Job>(&request, &key()).await.unwrap();
    assert!(jobs.is_err(), "a cursor of hires opens no list of jobs");
    assert!(page(&table, &one, (2, Some("junk".into()))).await.is_err());
    assert_eq!(page(&table, &one, (2, cursor)).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_page_has_at_least_one_entry_and_at_most_a_hundred() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    fill(&table, &scope, 101).await;
    for (asked, given) in [(0, 1), (1, 1), (100, 100), (u16::MAX, 100)] {
        assert_eq!(page(&table, &scope, (asked, None)).await.unwrap().items.len(), given);
    }
}
