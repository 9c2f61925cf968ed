//! The export of the audit log: its parts, what they add up to, and that it proves itself.

use serde_json::{Value, json};
use vestibule_chain::export::{Report, verify};
use vestibule_tests::{
    Actor,
    auditing::{Log, all_of},
};

const EXPORT: &str = "/api/audit/export";

/// All parts of an export.
async fn parts(reader: &Actor, query: &str) -> Vec<String> {
    let (mut parts, mut path) = (Vec::new(), format!("{EXPORT}?{query}"));
    loop {
        let part = reader.get(&path).await.expect(200);
        parts.push(part.text);
        let Some(link) = part.headers.get("link") else { return parts };
        let link = link.to_str().unwrap();
        assert!(link.ends_with(">; rel=\"next\""), "{link}");
        link[1..].split_once('>').unwrap().0.clone_into(&mut path);
    }
}

/// What the file says when it is judged with the key of the log.
fn judged(log: &Log, file: &str) -> Report {
    let verified = verify(file.as_bytes(), &log.key.verifiers(), &[], log.app.world.now(), |_| ());
    verified.unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn lines(file: &str) -> Vec<Value> {
    file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_are_one_file_that_proves_itself() {
    let log = Log::new().await;
    log.fill(1_100, "test.copy").await;
    let size = log.number().await;
    log.sign().await;
    let admin = log.app.admin();
    let first = admin.get(EXPORT).await.expect(200);
    let begun = first.headers["link"].to_str().unwrap()[1..].split_once('>').unwrap().0.to_owned();
    // What follows meanwhile is not part of it.
    log.fill(20, "test.later").await;
    log.number().await;
    log.sign().await;
    let rest = parts(&admin, begun.split_once('?').unwrap().1).await;
    assert_eq!(rest.len(), 2, "{size} records in parts of 500");
    let file = first.text + &rest.concat();
    let report = judged(&log, &file);
    assert_eq!((report.size, report.filter.is_none()), (size, true));
    let all = lines(&file);
    assert_eq!(all.len() as u64, size + 2);
    assert_eq!(all[0], json!({ "chain": log.tenant, "export": "vestibule-audit/1" }));
    assert!(all.iter().filter_map(|line| line["number"].as_u64()).eq(1..=size));
    let own = all
        .iter()
        .find(|line| line["record"]["action"] == "hire.create" && line["personal"].is_object())
        .unwrap();
    assert!(own["personal"]["actor_email"].is_string(), "{own}");
    // Begun anew it goes on to the end.
    let whole = parts(&admin, "format=jsonl").await.concat();
    assert!(judged(&log, &whole).size > size + 19);
    let recorded = all_of(&admin, "action=audit.export").await;
    assert_eq!(recorded.len(), 2, "once for each export");
    println!("{} lines of an export in parts are one file, and it is sound", all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_filter_leaves_out_is_there_as_leaves() {
    let log = Log::new().await;
    log.fill(600, "test.copy").await;
    let size = log.number().await;
    log.sign().await;
    let admin = log.app.admin();
    let file = parts(&admin, "action=hire.&actor=system:none").await.concat();
    assert_eq!(lines(&file).iter().filter(|line| line["record"].is_object()).count(), 0);
    let file = parts(&admin, "action=hire.").await.concat();
    let report = judged(&log, &file);
    assert_eq!((report.size, report.filter.unwrap()["action"].as_str()), (size, "hire."));
    let all = lines(&file);
    let records: Vec<_> = all.iter().filter(|line| line["record"].is_object()).collect();
    assert_eq!(records.len(), all_of(&admin, "action=hire.").await.len());
    let left: usize = all.iter().filter_map(|line| Some(line["leaves"].as_array()?.len())).sum();
    assert_eq!((left + records.len()) as u64, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_has_its_columns_once_and_no_formula() {
    let log = Log::new().await;
    log.fill(600, "test.copy").await;
    let size = log.number().await;
    let admin = log.app.admin();
    let written = parts(&admin, "format=csv").await;
    assert_eq!(written.len(), 2, "up to the end of the chain, as nothing was signed");
    let file = written.concat();
    let rows: Vec<_> = file.lines().collect();
    assert_eq!(rows.len() as u64, size + 1);
    assert!(rows[0].starts_with("number,id,at,actor,") && rows[1].starts_with("1,aud_"), "{}", rows[1]);
    assert_eq!(rows.iter().filter(|row| row.starts_with("number,")).count(), 1);
    let unsigned = parts(&admin, "").await.concat();
    assert_eq!(lines(&unsigned).last().unwrap(), &json!({ "checkpoint": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_gone_is_told_by_its_entry() {
    let log = Log::new().await;
    log.fill(5, "test.copy").await;
    let size = log.number().await;
    let (pk, row) = log
        .app
        .records()
        .await
        .into_iter()
        .find(|(_, row)| format!("{row:?}").contains("test.copy"))
        .unwrap();
    let gone = log.app.client().delete_item().table_name(log.app.stack.table_name());
    let text = aws_sdk_dynamodb::types::AttributeValue::S;
    gone.key("PK", text(pk)).key("SK", row["SK"].clone()).send().await.unwrap();
    let admin = log.app.admin();
    let all = lines(&parts(&admin, "").await.concat());
    let left: Vec<_> = all.iter().filter(|line| line["gone"].is_object()).collect();
    assert_eq!((left.len(), &left[0]["gone"]["id"]), (1, &json!(row["SK"].as_s().unwrap())));
    assert_eq!(all.len() as u64, size + 2);
    let table = parts(&admin, "format=csv").await.concat();
    assert_eq!(table.lines().filter(|row| row.contains(",gone,")).count(), 1);
}
