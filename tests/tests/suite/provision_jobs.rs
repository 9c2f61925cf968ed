//! `/api/provision`

use serde_json::{Value, json};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::App;

#[tokio::test]
async fn mbx_4_a_job_shows_all_that_is_known_about_it() {
    let app = App::start().await;
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    let shown = app.admin().get(&format!("/api/provision/jobs/{job}")).await.expect(200).body;
    let expected = json!({ "id": job, "kind": "mailbox", "hire": hire, "status": "pending", "steps": [], "retries": 0,
        "lastError": null, "cancelRequested": false, "statusUrl": format!("/api/provision/jobs/{job}"),
        "created": shown["created"], "updated": shown["updated"] });
    assert_eq!(shown, expected);
    let ended = app.run(&job).await;
    let names: Vec<_> = ended["steps"].as_array().unwrap().iter().map(|s| s["name"].clone()).collect();
    assert_eq!(
        names,
        ["claim", "reserve_address", "create_user", "enable_mailbox", "issue_password", "finish"]
    );
    for step in ended["steps"].as_array().unwrap() {
        assert_eq!(
            (&step["status"], &step["attempts"], &step["error"]),
            (&json!("done"), &json!(1), &Value::Null)
        );
        assert!(step["started"].is_string() && step["ended"].is_string());
    }
}

#[tokio::test]
async fn mbx_5_run_takes_the_oldest_pending_job_and_can_wait_for_it() {
    let app = App::start().await;
    app.admin().post("/api/provision/run", &json!({})).await.expect(404);
    let (_, first) = app.signed_hire("Kim", "Doe").await;
    let (_, second) = app.signed_hire("Lee", "Roe").await;
    let ran = app.admin().post("/api/provision/run?wait=20", &json!({})).await.expect(202);
    assert_eq!((&ran.body["id"], &ran.body["status"]), (&json!(first), &json!("succeeded")));
    let ran = app.admin().post("/api/provision/run", &json!({})).await.expect(202);
    assert_eq!((&ran.body["id"], &ran.body["status"]), (&json!(second), &json!("running")));
    assert_eq!(ran.body["statusUrl"], format!("/api/provision/jobs/{second}"));
    app.ended(&second).await;
    for bad in ["wait=26", "wait=-1", "wait=x", "waiting=1"] {
        app.admin().post(&format!("/api/provision/run?{bad}"), &json!({})).await.expect(400);
    }
    app.member().post("/api/provision/run", &json!({})).await.expect(403);
}

#[tokio::test]
async fn mbx_6_jobs_are_listed_and_the_wrong_state_is_explained() {
    let app = App::start().await;
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    let retry = format!("/api/provision/jobs/{job}/retry");
    let cancel = format!("/api/provision/jobs/{job}/cancel");
    let early = app.admin().post(&retry, &json!({})).await.expect(409);
    assert!(early.code() == "wrong_state" && early.body["detail"].as_str().unwrap().contains("pending"));
    app.run(&job).await;
    for path in [&retry, &cancel] {
        let late = app.admin().post(path, &json!({})).await.expect(409);
        assert!(late.body["detail"].as_str().unwrap().contains("succeeded"), "{}", late.text);
    }
    app.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(409);
    app.admin().post("/api/provision/run", &json!({ "job": "nonsense" })).await.expect(400);
    app.admin().post(&cancel, &json!({ "force": true })).await.expect(400);
    let listed = app.member().get("/api/provision/jobs").await.expect(200).body;
    assert_eq!(listed["items"][0]["id"], json!(job));
    for path in [&retry, &cancel] {
        app.member().post(path, &json!({})).await.expect(403);
        app.anonymous().post(path, &json!({})).await.expect(401);
    }
}

#[tokio::test]
async fn mbx_6_a_pending_job_is_cancelled_at_once_and_can_be_retried() {
    let app = App::start().await;
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    let cancelled =
        app.admin().post(&format!("/api/provision/jobs/{job}/cancel"), &json!({})).await.expect(202);
    assert_eq!(cancelled.body["status"], "cancelled");
    app.admin().post("/api/provision/run", &json!({})).await.expect(404);
    app.admin().post(&format!("/api/provision/jobs/{job}/retry"), &json!({})).await.expect(202);
    assert_eq!(app.ended(&job).await["status"], "succeeded");
}

#[tokio::test]
async fn mbx_6_a_running_job_is_undone_when_it_is_cancelled() {
    let app = App::start().await;
    app.stack
        .cloud()
        .faults()
        .set(Fault::new(Service::WorkMail, "RegisterToWorkMail", FaultKind::Hold).times(1));
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    app.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
    while app.stack.cloud().faults().held() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let asked = app.admin().post(&format!("/api/provision/jobs/{job}/cancel"), &json!({})).await.expect(202);
    assert_eq!(asked.body["cancelRequested"], true);
    app.stack.cloud().faults().release();
    let ended = app.ended(&job).await;
    assert_eq!(ended["status"], "cancelled", "{ended}");
    assert!(app.stack.cloud().mailer().sent().unwrap().is_empty());
    assert!(app.mailboxes().is_empty());
}

#[tokio::test]
async fn newcomer_11_a_job_that_succeeded_shows_no_error_and_a_finished_step_has_nothing_left() {
    let app = App::start().await;
    let faults = app.stack.cloud().faults();
    let refuse = |error: &str| FaultKind::Refuse { error: error.into(), status: 400, message: "no".into() };
    faults.set(Fault::new(Service::WorkMail, "CreateUser", FaultKind::LoseAnswer).times(1));
    let (_, recovered) = app.signed_hire("Kim", "Doe").await;
    let recovered = app.run(&recovered).await;
    faults.set(Fault::new(Service::Ses, "SendEmail", refuse("MessageRejected")).times(u32::MAX));
    let (_, job) = app.signed_hire("Lee", "Roe").await;
    let failed = app.run(&job).await;
    assert_eq!((&failed["status"], failed["lastError"].is_object()), (&json!("failed"), true));
    faults.clear();
    app.admin().post(&format!("/api/provision/jobs/{job}/retry"), &json!({})).await.expect(202);
    let retried = app.ended(&job).await;
    let (_, plain) = app.signed_hire("Ada", "Poe").await;
    let plain = app.run(&plain).await;
    for ended in [recovered, retried, plain] {
        assert_eq!((&ended["status"], &ended["lastError"]), (&json!("succeeded"), &Value::Null), "{ended}");
        for step in ended["steps"].as_array().unwrap() {
            assert_eq!((&step["status"], &step["left"]), (&json!("done"), &Value::Null), "{ended}");
        }
    }
}
