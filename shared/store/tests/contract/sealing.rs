//! Personal data in the table: sealed, bound to its place, and moved to a new key without a loss.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use secrecy::SecretString;
use vestibule_auth::{FieldKeys, TenantScope};
use vestibule_domain::Hire;
use vestibule_store::{ResealProgress, Store, StoreError};

use crate::{
    given::{hire, kind, scope, seed},
    table::{Row, Table, sealer, text},
};

/// Long enough for a ring to be read again.
const LATER: SignedDuration = SignedDuration::from_mins(6);

/// A table with some hires, and a ring with a newer key.
struct Rotated {
    table: Table,
    scope: TenantScope,
    hires: Vec<Hire>,
    newer: SecretString,
}

impl Rotated {
    async fn new() -> Self {
        let table = Table::new().await;
        let scope = scope(&table.world);
        let mut hires = Vec::new();
        for _ in 0..4 {
            let hire = hire(&["w9"], &table.world);
            table.store.tenant(&scope).create_hire(&hire, None, &table.world).await.unwrap();
            hires.push(hire);
        }
        let newer = FieldKeys::rotate(&table.ring, &table.world).unwrap();
        Self { table, scope, hires, newer }
    }

    /// A store that has read the newer ring.
    fn store(&self) -> Store {
        self.table.with_sealer(sealer(&self.newer, &self.table.world))
    }

    async fn open(&self, store: &Store, at: usize) -> Result<Option<Hire>, StoreError> {
        store.tenant(&self.scope).find::<Hire>(self.hires[at].id).await
    }

    /// The stored row of a hire.
    async fn row(&self, at: usize) -> Row {
        let id = self.hires[at].id.to_string();
        let is_it = |row: &Row| part(row, "item") == "hire" && part(row, "SK").ends_with(&id);
        self.table.items().await.into_iter().find(is_it).unwrap()
    }

    /// Puts a field of one hire's row into a field of another's.
    async fn copy(&self, (from, field): (usize, &str), (to, other): (usize, &str)) {
        let (from, to) = (self.row(from).await, self.row(to).await);
        self.table.set((part(&to, "PK"), part(&to, "SK")), other, from[field].clone()).await;
    }
}

fn part<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

fn current(ring: &SecretString) -> String {
    FieldKeys::from_secret(ring).unwrap().current_kid()
}

/// The keys that rows are sealed with, and how many rows with each.
async fn keys_in_use(table: &Table) -> BTreeMap<String, usize> {
    let mut used = BTreeMap::new();
    for row in table.items().await {
        let sealed = row.values().filter_map(|value| value.as_b().ok());
        let kids: BTreeSet<_> =
            sealed.map(|field| FieldKeys::kid_of(field.as_ref()).unwrap().to_owned()).collect();
        for kid in kids {
            *used.entry(kid).or_default() += 1;
        }
    }
    used
}

#[tokio::test]
async fn no_row_tells_about_a_person_in_clear() {
    let Rotated { table, .. } = Rotated::new().await;
    let seed = seed(&table.world);
    table.store.platform().create_tenant(&seed).await.unwrap();
    let rows = table.rows().await.join("\n");
    assert!(rows.contains("\"hire\"") && rows.contains("\"member\"") && rows.contains("\"user\""));
    let items = table.items().await;
    let sealed: Vec<_> = items.iter().flat_map(Row::values).filter_map(|value| value.as_b().ok()).collect();
    assert!(sealed.len() >= 4 * 2 + 3);
    let address = seed.members[0].1.as_str();
    for telling in ["\"Kim\"", "\"Doe\"", "kim@", "example.org", "Ada Admin", address] {
        assert!(!rows.contains(telling), "{telling}");
        let bytes = telling.trim_matches('"').as_bytes();
        let in_it = |field: &[u8]| field.windows(bytes.len()).any(|window| window == bytes);
        assert!(bytes.len() < 4 || !sealed.iter().any(|field| in_it(field.as_ref())), "{telling}");
    }
}

#[tokio::test]
async fn rows_of_an_old_key_still_open_and_new_ones_use_the_new_key() {
    let given = Rotated::new().await;
    let store = given.store();
    for at in 0..given.hires.len() {
        assert_eq!(given.open(&store, at).await.unwrap().as_ref(), Some(&given.hires[at]));
    }
    let new = hire(&["w9"], &given.table.world);
    store.tenant(&given.scope).create_hire(&new, None, &given.table.world).await.unwrap();
    assert_eq!(keys_in_use(&given.table).await.get(&current(&given.newer)), Some(&1));
    let outdated = given.table.store.tenant(&given.scope).find::<Hire>(new.id).await;
    assert!(matches!(outdated, Err(StoreError::Busy(_))), "it may open once the ring is read again");
}

#[tokio::test]
async fn everything_moves_to_the_new_key_over_all_pages_and_once() {
    let given = Rotated::new().await;
    // Rows of other kinds, large enough for several pages.
    for at in 0..5 {
        given.table.set(("FILLER", &format!("{at}")), "text", text("x".repeat(350_000))).await;
    }
    let (store, mut told) = (given.store(), Vec::new());
    let done = store.reseal(|so_far| told.push(so_far)).await.unwrap();
    assert_eq!((done.resealed, done.skipped), (4, 0));
    assert_eq!(done.seen, u64::try_from(given.table.items().await.len()).unwrap());
    assert!(told.len() > 1 && told.is_sorted_by_key(|so_far| so_far.seen) && told.last() == Some(&done));
    assert_eq!(keys_in_use(&given.table).await, BTreeMap::from([(current(&given.newer), 4)]));
    for at in 0..given.hires.len() {
        assert_eq!(given.open(&store, at).await.unwrap().as_ref(), Some(&given.hires[at]));
    }
    let before = given.table.rows().await;
    assert_eq!(store.reseal(|_| {}).await.unwrap(), ResealProgress { resealed: 0, ..done });
    assert_eq!(given.table.rows().await, before);
}

/// The ring is read again between reading a page and writing it: the moment for somebody else to write.
#[tokio::test]
async fn what_is_written_or_removed_meanwhile_stays_so() {
    let given = Arc::new(Rotated::new().await);
    let (theirs, newer) = (Arc::clone(&given), given.newer.clone());
    let load = move || {
        let (theirs, newer) = (Arc::clone(&theirs), newer.clone());
        Box::pin(async move {
            meanwhile(&theirs).await;
            Some(newer)
        }) as std::pin::Pin<Box<dyn Future<Output = _> + Send>>
    };
    let store = given.table.with_sealer(sealer(&given.newer, &given.table.world).reloading(Arc::new(load)));
    given.table.advance(LATER);
    let done = store.reseal(|_| {}).await.unwrap();
    assert_eq!((done.resealed, done.skipped), (2, 2));
    let changed = given.open(&store, 0).await.unwrap().unwrap();
    assert_eq!((changed.version, &changed.name), (given.hires[0].version + 1, &given.hires[0].name));
    assert_eq!(given.open(&store, 1).await.unwrap(), None, "it does not come back");
    assert_eq!(keys_in_use(&given.table).await.get(&current(&given.table.ring)), Some(&1));
    let again = given.store().reseal(|_| {}).await.unwrap();
    assert_eq!((again.resealed, again.skipped), (1, 0));
    assert_eq!(given.open(&store, 0).await.unwrap(), Some(changed));
}

/// A function that still has the old ring writes one hire; another hire is removed.
async fn meanwhile(given: &Rotated) {
    let (table, mut hire) = (&given.table, given.hires[0].clone());
    let w9 = kind("w9");
    let old = hire.documents[&w9].status;
    let store = table.store.tenant(&given.scope);
    store.record_document(&mut hire, (&w9, old), None, &table.world).await.unwrap();
    let removed = given.row(1).await;
    table.remove((part(&removed, "PK"), part(&removed, "SK"))).await;
}

#[tokio::test]
async fn a_field_that_others_change_does_not_keep_a_row_back() {
    let given = Rotated::new().await;
    let row = given.row(0).await;
    given.table.set((part(&row, "PK"), part(&row, "SK")), "name", AttributeValue::Null(true)).await;
    let done = given.store().reseal(|_| {}).await.unwrap();
    assert_eq!((done.resealed, done.skipped), (4, 0));
    assert_eq!(keys_in_use(&given.table).await, BTreeMap::from([(current(&given.newer), 4)]));
}

#[tokio::test]
async fn a_sealed_value_opens_at_its_own_place_only() {
    let given = Rotated::new().await;
    given.copy((0, "personal_email"), (1, "personal_email")).await;
    given.copy((0, "personal_email"), (2, "name")).await;
    for moved in [1, 2] {
        let opened = given.open(&given.table.store, moved).await;
        let Err(StoreError::Row { row, .. }) = opened else { unreachable!("it opened: {opened:?}") };
        assert!(row.contains(&given.hires[moved].id.to_string()), "{row}");
    }
    assert!(given.open(&given.table.store, 0).await.is_ok());
}

#[tokio::test]
async fn a_row_that_does_not_open_is_reported_when_the_others_are_done() {
    let given = Rotated::new().await;
    given.copy((0, "personal_email"), (1, "personal_email")).await;
    let mut last = ResealProgress::default();
    let error = given.store().reseal(|so_far| last = so_far).await.unwrap_err();
    let is_it = |row: &str| row.contains(&given.hires[1].id.to_string());
    assert!(matches!(&error, StoreError::Row { row, .. } if is_it(row)), "{error}");
    assert_eq!((last.resealed, last.skipped), (3, 1));
}

#[tokio::test]
async fn a_key_that_is_not_in_the_ring_keeps_no_other_row_back() {
    let given = Rotated::new().await;
    let foreign = given.store();
    let new = hire(&["w9"], &given.table.world);
    foreign.tenant(&given.scope).create_hire(&new, None, &given.table.world).await.unwrap();
    let other = FieldKeys::rotate(&given.table.ring, &given.table.world).unwrap();
    let store = given.table.with_sealer(sealer(&other, &given.table.world));
    let mut last = ResealProgress::default();
    assert!(store.reseal(|so_far| last = so_far).await.unwrap_err().is_transient());
    assert_eq!((last.resealed, last.skipped), (4, 1));
    assert_eq!(foreign.tenant(&given.scope).find::<Hire>(new.id).await.unwrap(), Some(new));
}
