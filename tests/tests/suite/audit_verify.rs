//! The check of the audit log against what was signed, and each way in which the table can be tampered with.

use aws_sdk_dynamodb::types::AttributeValue::{self, N, S};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_chain::{CheckpointKey, Frontier};
use vestibule_store::Chain;
use vestibule_tests::{Row, auditing::Log};

const VERIFY: &str = "/api/audit/verify";

/// Has the stack's own signer sign what is numbered, and gives how much that is.
async fn signed(log: &Log) -> u64 {
    let size = log.number().await;
    let told = log.app.stack.invoke("audit-signer", json!({})).await.unwrap();
    assert_eq!(told["left"], json!(0), "{told}");
    size
}

/// The last answer of a check that is gone on with to its end, and how many there were.
async fn checked(log: &Log) -> (Value, usize) {
    let (admin, mut path, mut parts) = (log.app.admin(), VERIFY.to_owned(), 0);
    loop {
        let part = admin.get(&path).await.expect(200).body;
        parts += 1;
        let Some(next) = part["next"].as_str() else { return (part, parts) };
        assert_eq!(part["result"], "going_on");
        path = format!("{VERIFY}?cursor={next}");
    }
}

async fn put(log: &Log, row: Row) {
    let put = log.app.client().put_item().table_name(log.app.stack.table_name());
    put.set_item(Some(row)).send().await.unwrap();
}

async fn delete(log: &Log, row: &Row) {
    let delete = log.app.client().delete_item().table_name(log.app.stack.table_name());
    delete.key("PK", row["PK"].clone()).key("SK", row["SK"].clone()).send().await.unwrap();
}

/// The rows of the tenant's chain, by the text of their sort keys.
async fn chain(log: &Log, kind: &str) -> Vec<Row> {
    let own = format!("T#{}#CHAIN", log.tenant);
    let mut rows = log.app.scanned(Some(kind)).await;
    rows.retain(|row| row["PK"].as_s().unwrap() == &own);
    rows.sort_by(|a, b| a["SK"].as_s().unwrap().cmp(b["SK"].as_s().unwrap()));
    rows
}

async fn a_copy(log: &Log) -> Row {
    let records = log.app.records().await.into_iter();
    records.map(|(_, row)| row).find(|row| row["action"].as_s().unwrap() == "test.copy").unwrap()
}

/// The log is broken, and `words` say how.
async fn broken(log: &Log, words: &str) {
    let (told, _) = checked(log).await;
    assert_eq!(told["result"], "broken", "{told}");
    assert!(told["problem"].as_str().unwrap().contains(words), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_log_is_checked_part_by_part() {
    let log = Log::new().await;
    let (told, _) = checked(&log).await;
    assert_eq!((&told["result"], &told["signed"]), (&json!("unsigned"), &json!(null)));
    log.fill(1_200, "test.copy").await;
    let size = signed(&log).await;
    // What follows is not signed yet, and none of this check's business.
    log.fill(3, "test.later").await;
    log.number().await;
    let (told, parts) = checked(&log).await;
    assert_eq!((&told["result"], &told["checked"], parts), (&json!("whole"), &json!(size), 2), "{told}");
    for cursor in ["x", "%00"] {
        let refused = log.app.admin().get(&format!("{VERIFY}?cursor={cursor}")).await;
        assert_eq!((refused.status, refused.code()), (400, "cursor_invalid"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_changed_or_taken_out_is_named() {
    let log = Log::new().await;
    log.fill(5, "test.copy").await;
    signed(&log).await;
    let record = a_copy(&log).await;
    let number = record["number"].as_n().unwrap().clone();
    let mut other = record.clone();
    other.insert("resource".into(), S("somebody else".into()));
    put(&log, other).await;
    broken(&log, &number).await;
    delete(&log, &record).await;
    broken(&log, &number).await;
    put(&log, record).await;
    assert_eq!(checked(&log).await.0["result"], "whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_cut_is_shorter_than_what_was_signed() {
    let log = Log::new().await;
    log.fill(5, "test.copy").await;
    let size = signed(&log).await;
    let entries = chain(&log, "chain_entry").await;
    delete(&log, entries.last().unwrap()).await;
    broken(&log, &size.to_string()).await;
    // With head and checkpoint of before as well: the archive has the newer one.
    let mut checkpoint = chain(&log, "checkpoint").await.remove(0);
    checkpoint.insert("size".into(), N((size - 1).to_string()));
    put(&log, checkpoint).await;
    broken(&log, &size.to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_the_archive_does_not_have_is_missed() {
    let log = Log::new().await;
    log.number().await;
    log.sign().await;
    broken(&log, "not where checkpoints are kept").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_written_anew_is_not_signed_again() {
    let log = Log::new().await;
    log.fill(2, "test.copy").await;
    signed(&log).await;
    let mut head = chain(&log, "chain_head").await.remove(0);
    head.insert("peaks".into(), AttributeValue::L(vec![]));
    put(&log, head).await;
    let unsigned =
        [("PK", "UNSIGNED".to_owned()), ("SK", log.tenant.to_string()), ("item", "unsigned".to_owned())];
    let mut row: Row = unsigned.map(|(name, value)| (name.to_owned(), S(value))).into();
    row.insert("size".into(), N("1".into()));
    put(&log, row).await;
    refused_to_sign(&log).await;
}

/// The signer says that the chain is another one.
async fn refused_to_sign(log: &Log) {
    let told = log.app.stack.invoke("audit-signer", json!({})).await.unwrap_err();
    assert!(format!("{told:?}").contains("ChainForked"), "{told:?}");
}

/// Writes the entry of a record anew, and the head so that it fits: what somebody can do who writes the table and knows how.
async fn rewrite(log: &Log, at: usize) {
    let mut entries = chain(log, "chain_entry").await;
    let other = entries[at - 1]["body"].clone();
    entries[at].insert("body".into(), other);
    put(log, entries[at].clone()).await;
    let (platform, name) = (log.app.stack.store().platform(), Chain::Tenant(log.tenant));
    let size = platform.chain_head(name).await.unwrap().size;
    let tree = platform.lead_on(name, Frontier::default(), size).await.unwrap();
    let mut head = chain(log, "chain_head").await.remove(0);
    let peaks = tree.peaks.iter().map(|peak| S(peak.to_string())).collect();
    head.insert("peaks".into(), AttributeValue::L(peaks));
    put(log, head).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_was_written_anew_is_not_signed_however_long_it_grows() {
    let log = Log::new().await;
    log.fill(6, "test.copy").await;
    signed(&log).await;
    rewrite(&log, 3).await;
    log.fill(3, "test.later").await;
    log.number().await;
    refused_to_sign(&log).await;
    assert_eq!(checked(&log).await.0["result"], "broken");
    // Nor when the table has no right edge to lead on from.
    let mut checkpoint = chain(&log, "checkpoint").await.remove(0);
    checkpoint.insert("peaks".into(), AttributeValue::L(vec![]));
    put(&log, checkpoint.clone()).await;
    refused_to_sign(&log).await;
    delete(&log, &checkpoint).await;
    refused_to_sign(&log).await;
    broken(&log, "no longer knows of it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_set_back_is_not_signed_when_it_has_grown_again() {
    let log = Log::new().await;
    log.fill(4, "test.copy").await;
    let size = signed(&log).await;
    let entries = chain(&log, "chain_entry").await;
    for entry in &entries[entries.len() - 2..] {
        delete(&log, entry).await;
    }
    let (platform, name) = (log.app.stack.store().platform(), Chain::Tenant(log.tenant));
    let tree = platform.lead_on(name, Frontier::default(), size).await.unwrap();
    assert_eq!(tree.size, size - 2);
    let mut head = chain(&log, "chain_head").await.remove(0);
    let peaks = tree.peaks.iter().map(|peak| S(peak.to_string())).collect();
    head.insert("peaks".into(), AttributeValue::L(peaks));
    head.insert("size".into(), N(tree.size.to_string()));
    put(&log, head).await;
    for _ in 0..2 {
        log.fill(4, "test.later").await;
        log.number().await;
        refused_to_sign(&log).await;
        assert_eq!(checked(&log).await.0["result"], "broken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_values_that_nothing_proves_are_not_shown_and_not_whole() {
    let log = Log::new().await;
    log.fill(1, "test.copy").await;
    signed(&log).await;
    let mut record = a_copy(&log).await;
    record.remove("salt");
    record.insert("actor_email".into(), S("innocent@victim.example".into()));
    put(&log, record).await;
    broken(&log, "actor_email").await;
    let shown = log.app.admin().get("/api/audit?action=test.copy").await.expect(200).body;
    assert_eq!(shown["items"][0]["actorEmail"], json!(null), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_no_record_holds_up_no_other() {
    let log = Log::new().await;
    log.fill(3, "test.copy").await;
    let mut junk = a_copy(&log).await;
    junk.insert("at".into(), S("junk".into()));
    put(&log, junk.clone()).await;
    log.number().await;
    let left: Vec<Row> = log.app.records().await.into_iter().map(|(_, row)| row).collect();
    let own = |row: &&Row| row["PK"] == junk["PK"] && !row.contains_key("number");
    assert_eq!(left.iter().filter(own).count(), 1);
}

/// Another key in the place of the one that signs, as `vestibule-ops rotate-audit-key` has it.
fn rotate(log: &Log) -> String {
    let secrets = log.app.stack.cloud().secrets();
    let before = secrets.value("vestibule/audit-key").unwrap().unwrap();
    let key = CheckpointKey::from_secret(&before.into()).unwrap().rotated([7; 32]).unwrap();
    secrets.put("vestibule/audit-key", key.to_secret().expose_secret()).unwrap();
    key.verifier()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_signs_within_five_minutes_and_what_was_signed_before_stays_good() {
    let log = Log::new().await;
    signed(&log).await;
    let key = rotate(&log);
    // What was signed before.
    assert_eq!(checked(&log).await.0["result"], "whole");
    log.app.advance(jiff::SignedDuration::from_mins(5));
    log.fill(1, "test.copy").await;
    signed(&log).await;
    assert_eq!(chain(&log, "checkpoint").await[0]["key"].as_s().unwrap(), &key);
    assert_eq!(checked(&log).await.0["result"], "whole");
}
