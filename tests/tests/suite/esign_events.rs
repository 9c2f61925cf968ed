//! `/api/esign/events`

use futures::future::join_all;
use serde_json::{Value, json};
use vestibule_tests::{App, completed};

/// Sends an event whose field says `text`, as envelope `id`.
async fn unfit(app: &App, id: &str, text: &str) {
    let mut body = completed("x", "w9");
    body["data"]["envelopeSummary"]["customFields"]["textCustomFields"][0]["value"] = json!(text);
    body["data"]["envelopeId"] = json!(id);
    assert_eq!(app.deliver(&body).await.expect(200).body["outcome"], "unmatched", "{text}");
}

async fn listed(app: &App, query: &str) -> Vec<Value> {
    let page = app.member().get(&format!("/api/esign/events{query}")).await.expect(200);
    page.body["items"].as_array().unwrap().clone()
}

fn path(event: &Value, verb: &str) -> String {
    format!("/api/esign/events/{}/{verb}", event["id"].as_str().unwrap())
}

#[tokio::test]
async fn fault_06_an_event_that_fits_nothing_is_seen_once_with_its_reason() {
    let app = App::start().await;
    let hire = app.hire("Ada", "Field").await;
    for _ in 0..3 {
        unfit(&app, "e1", &format!("not {hire}/w9\u{202e}")).await;
        unfit(&app, "e2", &format!("{hire}/passport")).await;
        unfit(&app, "e3", "hire_00000000000000000000000000/w9").await;
        unfit(&app, "e4", " \n").await;
        let wordless = json!({ "event": {}, "data": { "envelopeId": "e5" } });
        assert_eq!(app.deliver(&wordless).await.expect(200).body["outcome"], "unmatched");
    }
    let events = listed(&app, "?outcome=unmatched").await;
    let reasons: std::collections::BTreeMap<_, _> =
        events.iter().map(|e| (e["envelope"].as_str().unwrap(), e["reason"].as_str().unwrap())).collect();
    let expected = [
        ("e1", "unreadable_correlation"),
        ("e2", "unknown_document"),
        ("e3", "unknown_hire"),
        ("e4", "no_correlation"),
        ("e5", "no_event_kind"),
    ];
    assert_eq!((events.len(), reasons), (5, expected.into()));
    let first = events.iter().find(|e| e["envelope"] == "e1").unwrap();
    assert_eq!(first["correlation"], format!("not {hire}/w9\\u{{202e}}"));
    assert_eq!((&first["kind"], &first["provider"]), (&json!("signed"), &json!("docusign")));
    assert!(app.dump().await.iter().all(|row| !row.contains("not hire_")), "what people wrote is sealed");
}

#[tokio::test]
async fn fault_06_a_person_matches_an_event_and_it_is_recorded_like_any_other() {
    let app = App::start().await;
    let hire = app.hire("Ada", "Field").await;
    app.deliver(&completed(&hire, "baa")).await.expect(200);
    app.deliver(&completed(&hire, "hire_agreement")).await.expect(200);
    unfit(&app, "e1", "w9 of Ada").await;
    let event = listed(&app, "").await.remove(0);
    let (admin, body) = (app.admin(), json!({ "hire": hire, "document": "w9" }));
    let to = path(&event, "match");
    let all = join_all((0..5).map(|_| admin.post_once(&to, &body, "m-1"))).await;
    for answer in all {
        assert_eq!(answer.expect(200).body["outcome"], "matched");
    }
    let shown = admin.get(&format!("/api/hires/{hire}")).await.expect(200);
    let job = shown.body["job"].as_str().unwrap();
    assert_eq!(admin.get("/api/provision/jobs").await.body["items"].as_array().unwrap().len(), 1);
    assert!(listed(&app, "?outcome=unmatched").await.is_empty());
    let matched = listed(&app, "?outcome=matched").await;
    assert_eq!(matched[0]["matches"], json!([{ "hire": hire, "document": "w9" }]));
    let rows = app.dump().await;
    for (action, of) in [("esign.match", hire.as_str()), ("job.create", job)] {
        let told = |row: &&String| row.contains(&format!("\"{action}\"")) && row.contains(of);
        assert_eq!(rows.iter().filter(told).count(), 1, "{action}");
    }
    unfit(&app, "e1", "w9 of Ada").await;
    assert!(listed(&app, "?outcome=unmatched").await.is_empty(), "a repeated delivery does not come back");
    assert_eq!(admin.post(&path(&event, "match"), &body).await.expect(409).code(), "wrong_state");
    let other = app.hire("Kim", "Doe").await;
    let second = json!({ "hire": other, "document": "w9" });
    admin.post(&path(&event, "match"), &second).await.expect(200);
    assert_eq!(app.document(&other, "w9").await, "signed", "an envelope can hold several documents");
}

#[tokio::test]
async fn fault_06_a_person_drops_an_event_and_no_document_changes() {
    let app = App::start().await;
    let hire = app.hire("Ada", "Field").await;
    unfit(&app, "e1", "nothing of ours").await;
    let event = listed(&app, "?outcome=unmatched").await.remove(0);
    let (admin, empty) = (app.admin(), json!({}));
    let dropped = admin.post_once(&path(&event, "drop"), &empty, "d-1").await.expect(200);
    assert_eq!(dropped.body["outcome"], "dropped");
    let again = admin.post_once(&path(&event, "drop"), &empty, "d-1").await.expect(200);
    assert_eq!((again.headers["idempotent-replayed"].to_str().unwrap(), again.body), ("true", dropped.body));
    admin.post(&path(&event, "drop"), &empty).await.expect(409);
    let body = json!({ "hire": hire, "document": "w9" });
    assert_eq!(admin.post(&path(&event, "match"), &body).await.expect(409).code(), "wrong_state");
    unfit(&app, "e1", "nothing of ours").await;
    assert_eq!(listed(&app, "").await.len(), 1);
    assert_eq!(listed(&app, "?outcome=dropped").await.len(), 1);
    assert_eq!(app.document(&hire, "w9").await, "pending");
}

#[tokio::test]
async fn an_event_that_fits_a_hire_made_later_stays_listed_until_somebody_settles_it() {
    let app = App::start().await;
    unfit(&app, "e1", "hire_00000000000000000000000000/w9").await;
    unfit(&app, "e1", "hire_00000000000000000000000000/w9").await;
    assert_eq!(listed(&app, "?outcome=unmatched").await.len(), 1);
}

#[tokio::test]
async fn events_are_listed_in_pages_and_wrong_requests_say_what_to_do() {
    let app = App::start().await;
    for number in 0..5 {
        unfit(&app, &format!("e{number}"), "no").await;
    }
    let (admin, mut seen, mut next) = (app.admin(), std::collections::BTreeSet::new(), String::new());
    loop {
        let page = admin.get(&format!("/api/esign/events?outcome=unmatched&limit=2{next}")).await.expect(200);
        let items = page.body["items"].as_array().unwrap().clone();
        seen.extend(items.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page.body["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(seen.len(), 5);
    for query in ["?outcome=SECRET", "?limit=0", "?other=1", "?outcome=dropped&outcome=matched"] {
        let refused = admin.get(&format!("/api/esign/events{query}")).await.expect(400);
        assert_eq!(refused.code(), "parameter_invalid", "{query}");
        assert!(!refused.text.contains("SECRET"));
    }
    let event = listed(&app, "").await.remove(0);
    let hire = app.hire("Ada", "Field").await;
    for (body, field) in [
        (json!({ "hire": "x", "document": "w9" }), "hire"),
        (json!({ "hire": hire, "document": "W 9" }), "document"),
        (json!({ "hire": "hire_00000000000000000000000000", "document": "w9" }), "hire"),
        (json!({ "hire": hire, "document": "passport" }), "document"),
    ] {
        assert_eq!(admin.post(&path(&event, "match"), &body).await.expect(422).fields(), [field]);
    }
    admin.post(&path(&event, "match"), &json!({ "hire": hire })).await.expect(400);
    app.member().post(&path(&event, "match"), &json!({ "hire": hire, "document": "w9" })).await.expect(403);
    app.member().post(&path(&event, "drop"), &json!({})).await.expect(403);
    app.anonymous().get("/api/esign/events").await.expect(401);
}

#[tokio::test]
async fn an_event_without_a_kind_can_only_be_dropped() {
    let app = App::start().await;
    let hire = app.hire("Ada", "Field").await;
    app.deliver(&json!({ "data": { "envelopeId": "e1" } })).await.expect(200);
    let event = listed(&app, "").await.remove(0);
    let body = json!({ "hire": hire, "document": "w9" });
    assert_eq!(app.admin().post(&path(&event, "match"), &body).await.expect(409).code(), "wrong_state");
    app.admin().post(&path(&event, "drop"), &json!({})).await.expect(200);
}

#[tokio::test]
async fn fault_06_what_one_event_names_beyond_fifty_hires_waits_for_a_person() {
    let app = App::start().await;
    let mut hires = Vec::new();
    for number in 0..53 {
        hires.push(app.hire("Kim", &format!("Doe{}", "x".repeat(number + 1))).await);
    }
    hires.sort();
    let field = |hire: &String| json!({ "name": "vestibule_document", "value": format!("{hire}/w9") });
    let mut event = completed("x", "w9");
    event["data"]["envelopeSummary"]["customFields"]["textCustomFields"] = hires.iter().map(field).collect();
    assert_eq!(app.deliver(&event).await.expect(200).body["outcome"], "recorded");
    let mut signed = 0;
    for hire in &hires {
        signed += usize::from(app.document(hire, "w9").await == "signed");
    }
    let kept = listed(&app, "").await;
    let texts: Vec<&str> = kept[0]["correlation"].as_str().unwrap().lines().collect();
    let rest: Vec<String> = hires[50..].iter().map(|hire| format!("{hire}/w9")).collect();
    assert_eq!((signed, kept.len(), &kept[0]["reason"]), (50, 1, &json!("too_many_documents")));
    assert_eq!(texts, rest);
}
