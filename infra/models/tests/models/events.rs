//! `PutEvents`, event patterns and deliveries.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use vestibule_models::{Cloud, PatternError, Rule};

use crate::support::{cloud, ok, refused};

const PUT: &str = "AWSEvents.PutEvents";

fn entry(detail_type: &str, detail: &Value) -> Value {
    json!({ "Source": "acme.hires", "DetailType": detail_type, "Detail": detail.to_string(), "EventBusName": "main" })
}

fn rule(pattern: Value) -> Rule {
    Rule { name: "rule".to_owned(), bus: "main".to_owned(), pattern, target_function: "mailer".to_owned() }
}

fn wired(pattern: Value) -> Cloud {
    let cloud = cloud();
    cloud.events().add_bus("main");
    cloud.events().add_rule(rule(pattern)).unwrap();
    cloud
}

#[tokio::test]
async fn a_matched_event_is_delivered_and_waits_until_acknowledged() {
    let cloud = wired(json!({ "source": ["acme.hires"], "detail-type": [{ "prefix": "hire." }] }));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    cloud.events().on_match(Arc::new(move |delivery| sink.lock().unwrap().push(delivery)));
    let entries = [entry("hire.signed", &json!({ "id": "hire_1" })), entry("team.changed", &json!({}))];
    let put = ok(&cloud, PUT, &json!({ "Entries": entries })).await;
    assert_eq!((&put["FailedEntryCount"], put["Entries"].as_array().unwrap().len()), (&json!(0), 2));
    let pending = cloud.events().pending().unwrap();
    assert_eq!(*seen.lock().unwrap(), pending);
    let [delivery] = pending.as_slice() else { panic!("one delivery: {pending:?}") };
    assert_eq!(delivery.function, "mailer");
    let event = &delivery.event;
    assert_eq!(
        (&event["detail"]["id"], &event["version"], &event["id"]),
        (&json!("hire_1"), &json!("0"), &put["Entries"][0]["EventId"])
    );
    assert_eq!(
        (event["detail-type"].as_str(), event["time"].as_str().unwrap().len()),
        (Some("hire.signed"), 20)
    );
    assert!(cloud.events().ack(&delivery.id).unwrap());
    assert!(!cloud.events().ack(&delivery.id).unwrap());
    assert!(cloud.events().pending().unwrap().is_empty());
}

#[tokio::test]
async fn patterns_match_as_documented() {
    let detail = json!({ "tier": "gold", "seats": 3, "tags": ["a", "b"], "owner": { "name": "kim" } });
    let cases = [
        (json!({ "tier": ["silver", "gold"] }), true),
        (json!({ "tier": ["silver"] }), false),
        (json!({ "seats": [3] }), true),
        (json!({ "tags": ["b"] }), true),
        (json!({ "tier": [{ "anything-but": ["silver"] }] }), true),
        (json!({ "tier": [{ "anything-but": "gold" }] }), false),
        (json!({ "missing": [{ "anything-but": "gold" }] }), false),
        (json!({ "tier": [{ "anything-but": { "prefix": "go" } }] }), false),
        (json!({ "tier": [{ "exists": true }], "missing": [{ "exists": false }] }), true),
        (json!({ "missing": [{ "exists": true }] }), false),
        (json!({ "owner": { "name": [{ "prefix": "k" }] } }), true),
        (json!({ "owner": { "name": [{ "suffix": "x" }] } }), false),
        (json!({ "missing": { "name": [{ "exists": false }] } }), true),
    ];
    for (pattern, expected) in cases {
        let cloud = wired(json!({ "detail": pattern }));
        ok(&cloud, PUT, &json!({ "Entries": [entry("t", &detail)] })).await;
        assert_eq!(cloud.events().pending().unwrap().len() == 1, expected, "{pattern}");
    }
}

#[test]
fn unknown_operators_and_buses_are_refused_when_the_rule_is_added() {
    let cloud = wired(json!({ "source": ["x"] }));
    let add = |pattern| cloud.events().add_rule(rule(pattern)).unwrap_err();
    assert_eq!(
        add(json!({ "detail": { "n": [{ "numeric": [">", 0] }] } })),
        PatternError::Operator("$.detail.n".to_owned())
    );
    assert_eq!(add(json!({ "$or": [{ "source": ["a"] }] })), PatternError::Operator("$.$or".to_owned()));
    assert_eq!(add(json!({ "source": "a" })), PatternError::Shape("$.source".to_owned()));
    assert_eq!(add(json!({ "source": [] })), PatternError::Shape("$.source".to_owned()));
    let elsewhere = Rule { bus: "other".to_owned(), ..rule(json!({ "source": ["a"] })) };
    assert_eq!(cloud.events().add_rule(elsewhere).unwrap_err(), PatternError::Bus("other".to_owned()));
}

#[tokio::test]
async fn a_bad_entry_fails_alone() {
    let cloud = wired(json!({ "source": ["acme.hires"] }));
    let mut broken = entry("t", &json!({}));
    broken["Detail"] = json!("{");
    let mut foreign = entry("t", &json!({}));
    foreign["Source"] = json!("aws.ses");
    let mut nowhere = entry("t", &json!({}));
    nowhere["EventBusName"] = json!("nowhere");
    let incomplete = json!({ "Source": "a", "Detail": "{}" });
    let entries = [broken, foreign, nowhere, incomplete, entry("t", &json!({}))];
    let put = ok(&cloud, PUT, &json!({ "Entries": entries })).await;
    let codes: Vec<_> =
        put["Entries"].as_array().unwrap().iter().map(|entry| entry["ErrorCode"].as_str()).collect();
    let expected = [
        Some("MalformedDetail"),
        Some("NotAuthorizedForSourceException"),
        Some("ResourceNotFoundException"),
        Some("InvalidArgument"),
        None,
    ];
    assert_eq!((codes.as_slice(), &put["FailedEntryCount"]), (expected.as_slice(), &json!(4)));
    assert_eq!(cloud.events().pending().unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_is_limited_in_entries_and_size() {
    let cloud = wired(json!({ "source": ["acme.hires"] }));
    for entries in
        [vec![], vec![entry("t", &json!({})); 11], vec![entry("t", &json!({ "x": "y".repeat(600_000) })); 2]]
    {
        assert_eq!(refused(&cloud, PUT, &json!({ "Entries": entries })).await, "ValidationException");
    }
    assert!(cloud.events().pending().unwrap().is_empty());
}
