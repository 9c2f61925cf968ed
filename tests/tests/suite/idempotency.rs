//! `Idempotency-Key`: the same request twice does the work once.

use futures::future::join_all;
use serde_json::json;
use vestibule_tests::App;

#[tokio::test]
async fn fifty_equal_requests_at_once_make_one_hire() {
    let app = App::start().await;
    let body = json!({ "givenName": "Kim", "familyName": "Doe", "personalEmail": "kim@example.org" });
    let admin = app.admin();
    let answers = join_all((0..50).map(|_| admin.post_once("/api/hires", &body, "\"k-1\""))).await;
    let first = answers[0].clone().expect(201);
    for answer in answers {
        assert_eq!(answer.expect(201).body["id"], first.body["id"]);
    }
    let hires = admin.get("/api/hires").await.expect(200);
    assert_eq!(hires.body["items"].as_array().unwrap().len(), 4, "three samples and one new");
    let again = admin.post_once("/api/hires", &body, "k-1").await.expect(201);
    assert_eq!((again.headers["idempotent-replayed"].to_str().unwrap(), &again.body), ("true", &first.body));
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_caller() {
    let app = App::start().await;
    let body =
        |name: &str| json!({ "givenName": name, "familyName": "Doe", "personalEmail": "kim@example.org" });
    let admin = app.admin();
    admin.post_once("/api/hires", &body("Kim"), "k-2").await.expect(201);
    let other = admin.post_once("/api/hires", &body("Lee"), "k-2").await.expect(422);
    assert_eq!(other.code(), "idempotency_key_reused");
    for wrong in ["", "a b", "\"", &"x".repeat(65), "ключ"] {
        let request = admin.request(reqwest::Method::POST, "/api/hires").header("idempotency-key", wrong);
        admin.send(request.json(&body("Kim"))).await.expect(400);
        let request = admin.request(reqwest::Method::GET, "/api/hires/none").header("idempotency-key", wrong);
        admin.send(request).await.expect(400);
    }
    app.member().post_once("/api/hires", &body("Kim"), "k-2").await.expect(403);
    let second = app.person("debug_super_admin");
    let own = second.post_once("/api/hires", &body("Lee"), "k-2").await.expect(201);
    assert!(own.headers.get("idempotent-replayed").is_none());
}

#[tokio::test]
async fn a_refused_request_does_not_use_up_its_key() {
    let app = App::start().await;
    let admin = app.admin();
    let bad = json!({ "givenName": "", "familyName": "Doe", "personalEmail": "kim@example.org" });
    admin.post_once("/api/hires", &bad, "k-3").await.expect(422);
    let good = json!({ "givenName": "Kim", "familyName": "Doe", "personalEmail": "kim@example.org" });
    admin.post_once("/api/hires", &good, "k-3").await.expect(201);
}

#[tokio::test]
async fn running_a_job_twice_with_one_key_starts_it_once() {
    let app = App::start().await;
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    let admin = app.admin();
    let body = json!({ "job": job });
    let answers = join_all((0..20).map(|_| admin.post_once("/api/provision/run", &body, "run-1"))).await;
    for answer in &answers {
        // A request that comes while the first is between its read and its write may hear 409.
        assert!(matches!(answer.status, 202 | 409), "{}", answer.text);
    }
    assert_eq!(app.ended(&job).await["status"], "succeeded");
    assert_eq!(app.stack.cloud().mailer().sent().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_key_sent_twice_at_once_gets_one_answer_from_every_operation_on_a_job() {
    let app = App::start().await;
    for verb in ["run", "cancel", "retry"] {
        let (_, job) = app.signed_hire("Kim", "Doe").await;
        let path = match verb {
            "run" => "/api/provision/run".to_owned(),
            other => format!("/api/provision/jobs/{job}/{other}"),
        };
        let body = if verb == "run" { json!({ "job": job }) } else { json!({}) };
        if verb == "retry" {
            app.admin().post(&format!("/api/provision/jobs/{job}/cancel"), &json!({})).await.expect(202);
        }
        let admin = app.admin();
        let sent = (0..20).map(|_| admin.post_once(&path, &body, verb));
        let answers = futures::future::join_all(sent).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (202, &answers[0].body), "{verb}: {}", answer.text);
        }
    }
}
