//! Chains stay gapless and right: told twice, out of order, by two at once, and by dispatchers that die at any call.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures::future::join_all;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use serde_json::{Value, json};
use vestibule_api::function::handle;
use vestibule_chain::{Entry, Frontier, RecordBody};
use vestibule_domain::{AuditId, TenantId};

use crate::stack::{Stack, TABLE};

/// Change records of the stream that one batch holds.
const BATCH: usize = 100;
const SHARDS: usize = 4;

fn told(name: &str, usual: usize) -> usize {
    std::env::vars().find(|(known, _)| known == name).map_or(usual, |(_, text)| text.parse().unwrap())
}

struct Written {
    tenants: Vec<TenantId>,
    /// The stream's records of each shard, in their order.
    shards: Vec<Vec<Value>>,
}

/// Writes records of several tenants, as commands do, but many at once.
async fn written(stack: &Stack, records: usize, tenants: usize) -> Written {
    let world = &stack.dispatcher.world;
    let tenants: Vec<TenantId> = (0..tenants).map(|_| TenantId::new(world)).collect();
    let mut shards = vec![Vec::new(); SHARDS];
    let mut writes = Vec::new();
    for number in 0..records {
        let which = number % tenants.len();
        let row = row(tenants[which], AuditId::new(world), number);
        shards[which % SHARDS].push(change(number, &row));
        writes.push(serde_dynamo_row(&row));
    }
    for some in writes.chunks(25) {
        let puts = some.iter().map(|row| {
            let put = PutRequest::builder().set_item(Some(row.clone())).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        });
        let request = stack.table.client.batch_write_item().request_items(TABLE, puts.collect());
        request.send().await.unwrap();
    }
    Written { tenants, shards }
}

/// A record as `DynamoDB`'s JSON has it.
fn row(tenant: TenantId, id: AuditId, number: usize) -> Value {
    json!({
        "PK": { "S": format!("T#{tenant}#AUDIT#2026-09") }, "SK": { "S": id.to_string() }, "item": { "S": "audit" },
        "id": { "S": id.to_string() }, "at": { "S": "2026-09-21T12:00:00Z" }, "actor": { "S": "system:seed" },
        "action": { "S": "hire.create" }, "resource": { "S": format!("hire_{number}") },
        "old": { "NULL": true }, "new": { "M": { "number": { "N": number.to_string() } } },
    })
}

fn change(number: usize, row: &Value) -> Value {
    let sequence = number.to_string();
    json!({ "eventName": "INSERT", "dynamodb": { "SequenceNumber": sequence, "NewImage": row } })
}

fn serde_dynamo_row(row: &Value) -> std::collections::HashMap<String, AttributeValue> {
    let attribute = |value: &Value| -> AttributeValue {
        if let Some(text) = value["S"].as_str() {
            return AttributeValue::S(text.to_owned());
        }
        match value["M"]["number"]["N"].as_str() {
            Some(number) => {
                let number = AttributeValue::N(number.to_owned());
                AttributeValue::M([("number".to_owned(), number)].into())
            }
            None => AttributeValue::Null(true),
        }
    };
    row.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

async fn rows_of(stack: &Stack, partition: String) -> Vec<std::collections::HashMap<String, AttributeValue>> {
    let query = stack.table.client.query().table_name(TABLE).key_condition_expression("PK = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(partition)).consistent_read(true);
    let pages = query.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
    pages.unwrap()
}

/// Checks a chain from its first entry on against the records, and gives its length.
async fn whole(stack: &Stack, owner: &str, month: &str) -> u64 {
    let mut head = None;
    let mut entries: BTreeMap<u64, Entry> = BTreeMap::new();
    for row in rows_of(stack, format!("{owner}#CHAIN")).await {
        if row["SK"].as_s().unwrap() == "HEAD" {
            head = Some(serde_dynamo::aws_sdk_dynamodb_1::from_item::<Frontier>(row).unwrap());
        } else {
            let entry: Entry = serde_dynamo::aws_sdk_dynamodb_1::from_item(row).unwrap();
            assert!(entries.insert(entry.number, entry).is_none());
        }
    }
    let mut frontier = Frontier::default();
    let mut records = BTreeMap::new();
    for row in rows_of(stack, format!("{owner}#AUDIT#{month}")).await {
        let number: u64 = row["number"].as_n().unwrap().parse().unwrap();
        let body: RecordBody = serde_dynamo::aws_sdk_dynamodb_1::from_item(row).unwrap();
        assert!(records.insert(number, body).is_none(), "two records have number {number}");
    }
    for (expected, (number, entry)) in (1..).zip(&entries) {
        assert_eq!(*number, expected, "no number is left out");
        assert_eq!((&entry.id, entry.body), (&records[number].id, records[number].digest().unwrap()));
        frontier.push(entry.leaf().unwrap());
    }
    assert_eq!(records.len(), entries.len(), "each record has one place");
    assert_eq!(frontier, head.unwrap());
    frontier.size
}

async fn deliver(stack: &Stack, batch: &[Value]) -> bool {
    let answer = handle(&stack.dispatcher, json!({ "Records": batch })).await.unwrap();
    answer == json!({ "batchItemFailures": [] })
}

/// `VESTIBULE_RECORDS`, `VESTIBULE_TENANTS` and `VESTIBULE_KILLS` say how many.
#[tokio::test(flavor = "multi_thread")]
async fn chains_are_gapless_whatever_is_told_twice_and_whoever_dies() {
    let stack = Stack::start(Vec::new()).await;
    let (records, tenants, kills) =
        (told("VESTIBULE_RECORDS", 2_000), told("VESTIBULE_TENANTS", 10), told("VESTIBULE_KILLS", 30));
    let Written { tenants, shards } = written(&stack, records, tenants).await;
    let mut random = StdRng::seed_from_u64(17);
    // Each batch comes twice; those of different shards in any order, two of them at once.
    let mut deliveries: Vec<&[Value]> = shards.iter().flat_map(|shard| shard.chunks(BATCH)).collect();
    deliveries.extend(deliveries.clone());
    deliveries.shuffle(&mut random);
    let (mut died, mut pairs) = (0, deliveries.chunks(2).cycle());
    let mut left = deliveries.len().div_ceil(2);
    while left > 0 || died < kills {
        let pair = pairs.next().unwrap();
        let both = join_all(pair.iter().map(|batch| deliver(&stack, batch)));
        let fatal = if died < kills { random.random_range(0..30) } else { u32::MAX };
        match stack.table.until_death(fatal, both).await {
            // What died is delivered again.
            None => {
                died += 1;
                let again = join_all(pair.iter().map(|batch| deliver(&stack, batch))).await;
                assert!(again.iter().all(|taken| *taken));
            }
            Some(taken) => assert!(taken.iter().all(|taken| *taken)),
        }
        left = left.saturating_sub(1);
    }
    // A batch that met another one too often is owed; the schedule makes up for it.
    while !stack.owed("audit-chain").await.is_empty() {
        stack.sweep().await;
    }
    let mut chained = 0;
    for tenant in &tenants {
        chained += whole(&stack, &format!("T#{tenant}"), "2026-09").await;
    }
    assert_eq!(chained, u64::try_from(records).unwrap());
    beginnings(&stack, tenants.len()).await;
    println!("{chained} records of {} tenants, told twice, {died} deaths: {0} gapless chains", tenants.len());
}

/// The platform's chain tells of the beginning of every other one, each once.
async fn beginnings(stack: &Stack, tenants: usize) {
    let month = stack.dispatcher.world.now().strftime("%Y-%m").to_string();
    let rows = rows_of(stack, format!("PLATFORM#AUDIT#{month}")).await;
    let mut changes = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let part = |name: &str| json!({ "S": row[name].as_s().unwrap() });
        let row = json!({ "PK": part("PK"), "SK": part("SK"), "item": part("item") });
        changes.push(change(number, &row));
    }
    assert!(deliver(stack, &changes).await);
    assert_eq!(whole(stack, "PLATFORM", &month).await, u64::try_from(tenants).unwrap());
}
