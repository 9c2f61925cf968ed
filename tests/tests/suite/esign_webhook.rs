//! `/api/esign/webhook`

use serde_json::json;
use vestibule_tests::{App, completed, envelope, event_body};

#[tokio::test]
async fn mbx_1_events_arrive_at_the_tenants_own_endpoint_and_at_the_short_path() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    let own = app.deliver(&completed(&hire, "w9")).await.expect(200);
    assert_eq!(own.body, json!({ "outcome": "recorded" }));
    let short = app.deliver_raw("/api/esign/webhook", event_body(&completed(&hire, "baa"))).await.expect(200);
    assert_eq!(short.body, json!({ "outcome": "recorded" }));
}

#[tokio::test]
async fn mbx_1_the_signature_is_checked_before_anything_is_parsed() {
    let app = App::start().await;
    let body = b"{ this is not json".to_vec();
    for signature in ["", "AAAA", "not base64!", "5hjBMZuWcpqbYfa1KnV1XV2eqrVzDeBhFokvsvfJr4A="] {
        let answer = app.deliver_signed(&app.webhook(), body.clone(), signature).await.expect(401);
        assert_eq!(answer.code(), "signature_invalid");
    }
    let unsigned = app.anonymous().post(&app.webhook(), &json!({})).await.expect(401);
    assert_eq!(unsigned.code(), "signature_invalid");
    let signed = app.deliver_raw(&app.webhook(), body).await.expect(400);
    assert_eq!(signed.code(), "body_invalid");
}

#[tokio::test]
async fn mbx_1_another_body_under_a_good_signature_is_refused() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    let good = event_body(&envelope("envelope-sent", &hire, "w9"));
    let key = &app.stack.sample().esign_key;
    let signature = vestibule_adapters::esign::signing::sign_docusign(key, &good).unwrap();
    let forged = event_body(&completed(&hire, "w9"));
    app.deliver_signed(&app.webhook(), forged, &signature).await.expect(401);
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
    assert!(shown.body["documents"].as_array().unwrap().iter().all(|d| d["status"] == "pending"));
}

#[tokio::test]
async fn mbx_1_unknown_event_types_are_acknowledged_and_do_nothing() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    for event in ["recipient-completed", "envelope-purged", "something-new", "envelope completed"] {
        let answer = app.deliver(&envelope(event, &hire, "w9")).await.expect(200);
        assert_eq!(answer.body["outcome"], "ignored", "{event}");
        assert_eq!(app.document(&hire, "w9").await, "pending", "{event}");
    }
}

#[tokio::test]
async fn mbx_1_unknown_endpoints_and_providers_are_not_found() {
    let app = App::start().await;
    let endpoint = app.stack.sample().endpoint;
    for path in [
        "/api/esign/webhook/docusign/ep_00000000000000000000000000".to_owned(),
        "/api/esign/webhook/docusign/nonsense".to_owned(),
        format!("/api/esign/webhook/standard/{endpoint}"),
        format!("/api/esign/webhook/nobody/{endpoint}"),
    ] {
        let answer = app.deliver_raw(&path, b"{}".to_vec()).await.expect(404);
        assert_eq!(answer.code(), "not_found");
    }
}

#[tokio::test]
async fn mbx_1_a_huge_event_is_refused_fast() {
    let app = App::start().await;
    app.deliver_raw(&app.webhook(), vec![b' '; (1 << 20) + 1]).await.expect(413);
    let deep = "[".repeat(100_000).into_bytes();
    app.deliver_raw(&app.webhook(), deep).await.expect(400);
}

#[tokio::test]
async fn mbx_2_statuses_only_move_forward() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    let status = async |expected: &str| {
        let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
        let documents = shown.body["documents"].as_array().unwrap().clone();
        let w9 = documents.iter().find(|d| d["kind"] == "w9").unwrap().clone();
        assert_eq!(w9["status"], expected);
    };
    let steps = [
        ("envelope-delivered", "recorded", "viewed"),
        ("envelope-sent", "unchanged", "viewed"),
        ("envelope-declined", "recorded", "declined"),
        ("envelope-voided", "unchanged", "declined"),
        ("envelope-completed", "recorded", "signed"),
        ("envelope-completed", "unchanged", "signed"),
        ("envelope-voided", "unchanged", "signed"),
    ];
    for (event, outcome, after) in steps {
        let answer = app.deliver(&envelope(event, &hire, "w9")).await.expect(200);
        assert_eq!(answer.body["outcome"], outcome, "{event}");
        status(after).await;
    }
}

#[tokio::test]
async fn mbx_2_events_of_unknown_hires_and_documents_are_kept_for_a_person() {
    let app = App::start().await;
    let hire = app.hire("Kim", "Doe").await;
    for (hire, kind) in [(hire.as_str(), "passport"), ("hire_00000000000000000000000000", "w9"), ("x", "w9")]
    {
        let answer = app.deliver(&completed(hire, kind)).await.expect(200);
        assert_eq!(answer.body["outcome"], "unmatched");
    }
    let kept = app.dump().await.iter().filter(|row| row.contains("esign.unmatched")).count();
    assert_eq!(kept, 3);
}

#[tokio::test]
async fn mbx_3_the_last_signature_makes_exactly_one_pending_job() {
    let app = App::start().await;
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    app.deliver(&completed(&hire, "w9")).await.expect(200);
    let jobs = app.admin().get("/api/provision/jobs").await.expect(200).body;
    let jobs = jobs["items"].as_array().unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!((jobs[0]["id"].as_str(), jobs[0]["status"].as_str()), (Some(job.as_str()), Some("pending")));
}
