//! `/api/esign/endpoints`

use futures::future::join_all;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_adapters::esign::signing::sign_docusign;
use vestibule_tests::{Actor, Answer, App, completed, event_body};

const PATH: &str = "/api/esign/endpoints";

async fn make(admin: &Actor, key: &str) -> Value {
    admin.post(PATH, &json!({ "vendor": "docusign", "key": key })).await.expect(201).body
}

async fn remove(admin: &Actor, id: &str) -> Answer {
    admin.send(admin.request(Method::DELETE, &format!("{PATH}/{id}"))).await
}

/// Delivers an event at an endpoint, signed with this key.
async fn deliver(app: &App, endpoint: &Value, key: &str, event: &Value) -> Answer {
    let body = event_body(event);
    let signature = sign_docusign(&key.into(), &body).unwrap();
    let url = endpoint["url"].as_str().unwrap();
    let path = &url[url.find("/api/").unwrap()..];
    app.deliver_signed(path, body, &signature).await
}

fn secrets(app: &App) -> Vec<String> {
    app.stack.cloud().secrets().names("vestibule/esign/").unwrap()
}

#[tokio::test]
async fn an_endpoint_takes_events_and_says_what_became_of_them() {
    let app = App::start().await;
    let admin = app.admin();
    let endpoint = make(&admin, "the-first-key").await;
    let id = endpoint["id"].as_str().unwrap().to_owned();
    assert!(endpoint["url"].as_str().unwrap().ends_with(&format!("/api/esign/webhook/docusign/{id}")));
    let hire = app.hire("Kim", "Doe").await;
    let (signed, mut lost) = (completed(&hire, "w9"), completed("nobody", "w9"));
    lost["data"]["envelopeId"] = json!("lost-1");
    let mut other = completed(&hire, "w9");
    other["event"] = json!("template-created");
    for (event, outcome) in [
        (&signed, "recorded"),
        (&signed, "unchanged"),
        (&lost, "unmatched"),
        (&lost, "unmatched"),
        (&other, "ignored"),
    ] {
        app.advance(SignedDuration::from_secs(1));
        let answer = deliver(&app, &endpoint, "the-first-key", event).await.expect(200);
        assert_eq!(answer.body["outcome"], outcome);
    }
    deliver(&app, &endpoint, "another-key", &signed).await.expect(401);
    let listed = admin.get(&format!("{PATH}/{id}/deliveries")).await.expect(200);
    let outcomes: Vec<_> =
        listed.body["items"].as_array().unwrap().iter().map(|it| it["outcome"].clone()).collect();
    assert_eq!(outcomes, ["ignored", "unmatched", "unmatched", "unchanged", "recorded"], "newest first");
    assert!(!listed.text.contains("Doe") && !listed.text.contains(&hire), "{}", listed.text);
    let first = admin.get(&format!("{PATH}/{id}/deliveries?limit=2")).await.expect(200).body;
    let next = format!("{PATH}/{id}/deliveries?limit=50&cursor={}", first["next"].as_str().unwrap());
    assert_eq!(admin.get(&next).await.expect(200).body["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn two_keys_count_during_a_rotation_and_the_older_one_ends() {
    let app = App::start().await;
    // The clock goes further than a token lasts.
    let endpoint = make(&app.admin(), "the-first-key").await;
    let id = endpoint["id"].as_str().unwrap().to_owned();
    let (keys, event) = (format!("{PATH}/{id}/keys"), completed("nobody", "w9"));
    let taken = async |key: &str| {
        // The webhook remembers keys for five minutes.
        app.advance(SignedDuration::from_mins(6));
        deliver(&app, &endpoint, key, &event).await.status
    };
    let next = json!({ "key": "the-second-key" });
    let rotated = app.admin().post(&keys, &next).await.expect(200).body;
    assert_eq!(rotated["keys"].as_array().unwrap().len(), 2);
    assert_eq!(
        app.admin().post(&keys, &next).await.expect(200).body["keys"].as_array().unwrap().len(),
        2,
        "again"
    );
    assert_eq!((taken("the-first-key").await, taken("the-second-key").await), (200, 200));
    let ended = app.admin().post(&keys, &json!({ "keepOlder": false })).await.expect(200).body;
    assert_eq!(ended["keys"].as_array().unwrap().len(), 1);
    assert_eq!((taken("the-first-key").await, taken("the-second-key").await), (401, 200));
    for key in ["the-third-key", "the-fourth-key"] {
        app.admin().post(&keys, &json!({ "key": key })).await.expect(200);
    }
    assert_eq!(
        (taken("the-second-key").await, taken("the-third-key").await, taken("the-fourth-key").await),
        (401, 200, 200)
    );
    let answers = join_all(["a", "b", "c"].map(|key| {
        let body = json!({ "key": format!("at-once-{key}") });
        let (admin, keys) = (app.admin(), &keys);
        async move { admin.post(keys, &body).await }
    }))
    .await;
    assert!(answers.iter().all(|answer| [200, 409].contains(&answer.status)));
    let shown = app.admin().get(&format!("{PATH}/{id}")).await.expect(200).body;
    assert_eq!(shown["keys"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_removed_endpoint_answers_nobody_and_keeps_no_key() {
    let app = App::start().await;
    let admin = app.admin();
    let before = secrets(&app).len();
    let known = admin.get(PATH).await.expect(200).body;
    let first = known["items"][0].clone();
    assert_eq!(first["id"], app.stack.sample().endpoint.to_string(), "the one that it was made with");
    let endpoint = make(&admin, "the-first-key").await;
    assert_eq!(admin.get(PATH).await.body["items"], json!([first, endpoint]));
    for number in 2..5 {
        make(&admin, &format!("key-{number}")).await;
    }
    let refused = admin.post(PATH, &json!({ "vendor": "standard", "key": "x".repeat(44) })).await;
    assert_eq!(refused.expect(409).code(), "wrong_state", "five at most");
    assert_eq!(secrets(&app).len(), before + 4);
    let id = endpoint["id"].as_str().unwrap();
    remove(&admin, id).await.expect(204);
    remove(&admin, id).await.expect(404);
    deliver(&app, &endpoint, "the-first-key", &completed("nobody", "w9")).await.expect(404);
    remove(&admin, first["id"].as_str().unwrap()).await.expect(204);
    app.deliver(&completed("nobody", "w9")).await.expect(404);
    assert_eq!(secrets(&app).len(), before + 2);
    assert!(app.dump_of("loose_secret").await.is_empty());
}

#[tokio::test]
async fn an_endpoint_of_another_business_is_not_there() {
    let app = App::start().await;
    let endpoint = make(&app.admin(), "the-first-key").await;
    let (id, other) = (endpoint["id"].as_str().unwrap(), app.stranger().await);
    let path = format!("{PATH}/{id}");
    other.get(&path).await.expect(404);
    other.get(&format!("{path}/deliveries")).await.expect(404);
    other.post(&format!("{path}/keys"), &json!({ "key": "theirs" })).await.expect(404);
    remove(&other, id).await.expect(404);
    let theirs = other.get(PATH).await.expect(200);
    assert!(!theirs.text.contains(id), "{}", theirs.text);
    deliver(&app, &endpoint, "the-first-key", &completed("nobody", "w9")).await.expect(200);
}

#[tokio::test]
async fn a_wrong_vendor_or_key_is_told_by_its_field() {
    let app = App::start().await;
    let admin = app.admin();
    let before = secrets(&app);
    for (vendor, key, fields) in [
        ("pandadoc", "key", vec!["vendor"]),
        ("docusign", "", vec!["key"]),
        ("docusign", "two words", vec!["key"]),
        ("standard", "short", vec!["key"]),
    ] {
        let refused = admin.post(PATH, &json!({ "vendor": vendor, "key": key })).await.expect(422);
        assert_eq!(refused.fields(), fields, "{vendor} {key}");
    }
    assert_eq!(secrets(&app), before);
}
