//! Rows that cannot be read: shown by their id, told of once, cancelled or removed through the API.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use serde_json::{Value, json};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{App, completed};

/// Gives a row of the sample tenant another value.
async fn set(app: &App, sk: &str, attribute: &str, value: AttributeValue) {
    let update = app.client().update_item().table_name(app.stack.table_name());
    let update = update.key("PK", AttributeValue::S(format!("T#{}", app.stack.sample().tenant.id)));
    let update = update.key("SK", AttributeValue::S(sk.to_owned())).update_expression("SET #a = :value");
    let update =
        update.expression_attribute_names("#a", attribute).condition_expression("attribute_exists(PK)");
    update.expression_attribute_values(":value", value).send().await.unwrap();
}

/// Takes a value away from a row of the sample tenant.
async fn unset(app: &App, sk: &str, attribute: &str) {
    let update = app.client().update_item().table_name(app.stack.table_name());
    let update = update.key("PK", AttributeValue::S(format!("T#{}", app.stack.sample().tenant.id)));
    let update = update.key("SK", AttributeValue::S(sk.to_owned())).update_expression("REMOVE #a");
    update.expression_attribute_names("#a", attribute).send().await.unwrap();
}

/// Gives a row of the sample tenant a value that cannot be read.
async fn spoil(app: &App, sk: &str, attribute: &str) {
    set(app, sk, attribute, AttributeValue::Bool(true)).await;
}

async fn sweep(app: &App) -> Value {
    let event = json!({ "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
    app.stack.invoke("provision-sweep", event).await.unwrap()
}

async fn audited(app: &App, action: &str) -> usize {
    app.dump().await.iter().filter(|row| row.contains(&format!("\"action\": S(\"{action}\")"))).count()
}

async fn provisioning(app: &App, hire: &str) -> Value {
    app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body["provisioning"].clone()
}

fn ids(page: &Value) -> Vec<(&str, bool)> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| (item["id"].as_str().unwrap(), item["damaged"] == true)).collect()
}

#[tokio::test]
async fn fault_01_a_damaged_job_costs_no_list_and_is_cancelled_and_retried() {
    let app = App::start().await;
    let (_, older) = app.signed_hire("Kim", "Doe").await;
    let (hire, job) = app.signed_hire("Lee", "Roe").await;
    let (_, newer) = app.signed_hire("Ada", "Poe").await;
    spoil(&app, &format!("JOB#{job}"), "subject").await;
    let (admin, member) = (app.admin(), app.member());
    let path = format!("/api/provision/jobs/{job}");
    let listed = member.get("/api/provision/jobs").await.expect(200).body;
    assert_eq!(ids(&listed), [(newer.as_str(), false), (&job, true), (&older, false)]);
    for answer in [
        member.get(&path).await,
        admin.post(&format!("{path}/retry"), &json!({})).await,
        admin.post("/api/provision/run", &json!({ "job": job })).await,
    ] {
        let refused = answer.expect(409);
        assert_eq!(refused.code(), "damaged");
        assert!(refused.body["detail"].as_str().unwrap().contains("Cancel it"), "{}", refused.text);
    }
    // Who may not, may not here either.
    let cancel = format!("{path}/cancel");
    member.post(&cancel, &json!({})).await.expect(403);
    app.anonymous().post(&cancel, &json!({})).await.expect(401);
    let stranger = app.stranger().await;
    stranger.get(&path).await.expect(404);
    stranger.post(&cancel, &json!({})).await.expect(404);
    assert_eq!(audited(&app, "job.cancel").await, 0);

    let cancelled = admin.post_once(&cancel, &json!({}), "once").await.expect(202).body;
    assert_eq!(
        (&cancelled["status"], &cancelled["lastError"]["code"]),
        (&json!("cancelled"), &json!("row_broken"))
    );
    assert_eq!(admin.post_once(&cancel, &json!({}), "once").await.expect(202).body, cancelled);
    assert_eq!(audited(&app, "job.cancel").await, 1);
    assert_eq!(provisioning(&app, &hire).await, "cancelled");
    let rows = app.dump().await;
    assert!(!rows.iter().any(|row| row.contains(&format!("S(\"PENDING#{job}\")"))), "the marker is gone");
    assert_eq!(admin.get(&path).await.expect(200).body["status"], "cancelled");
    assert_eq!(sweep(&app).await, json!({ "started": 2 }), "it is due no more");
    admin.post(&format!("{path}/retry"), &json!({})).await.expect(202);
    let ended = app.ended(&job).await;
    assert_eq!((&ended["status"], &ended["lastError"]), (&json!("succeeded"), &Value::Null));
}

#[tokio::test]
async fn fault_01_a_local_part_that_an_older_rule_took_damages_no_job() {
    let app = App::start().await;
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    // As rows were when every job was for a hire.
    let sk = format!("JOB#{job}");
    let of_before = [
        ("hire", AttributeValue::S(hire.clone())),
        ("local_part", AttributeValue::S("support2".into())),
        ("foreign", AttributeValue::L(Vec::new())),
    ];
    for (attribute, value) in of_before {
        set(&app, &sk, attribute, value).await;
    }
    for attribute in ["subject", "state", "results"] {
        unset(&app, &sk, attribute).await;
    }
    let path = format!("/api/provision/jobs/{job}");
    let shown = app.member().get(&path).await.expect(200).body;
    assert_eq!((&shown["status"], shown.get("damaged")), (&json!("pending"), None));
    let listed = app.member().get("/api/provision/jobs").await.expect(200).body;
    assert_eq!(ids(&listed), [(job.as_str(), false)]);
    let cancelled = app.admin().post(&format!("{path}/cancel"), &json!({})).await.expect(202).body;
    assert_eq!((&cancelled["status"], &cancelled["lastError"]), (&json!("cancelled"), &Value::Null));
    assert_eq!(provisioning(&app, &hire).await, "cancelled");
    let rows = app.dump().await;
    assert!(rows.iter().any(|row| row.contains("\"local_part\": S(\"support2\")")), "it was read and kept");
}

#[tokio::test]
async fn fault_01_whatever_of_a_job_is_damaged_cancel_mends_it() {
    let app = App::start().await;
    for attribute in
        ["steps", "attempt", "version", "status", "kind", "subject", "results", "created", "lease_until"]
    {
        let (hire, job) = app.signed_hire("Kim", "Doe").await;
        spoil(&app, &format!("JOB#{job}"), attribute).await;
        let path = format!("/api/provision/jobs/{job}");
        assert_eq!(app.admin().get(&path).await.expect(409).code(), "damaged", "{attribute}");
        app.admin().post(&format!("{path}/cancel"), &json!({})).await.expect(202);
        let shown = app.admin().get(&path).await.expect(200).body;
        assert_eq!((&shown["status"], &shown["hire"]), (&json!("cancelled"), &json!(hire)), "{attribute}");
        assert_eq!(provisioning(&app, &hire).await, "cancelled", "{attribute}");
    }
    assert_eq!(sweep(&app).await, json!({}));
    app.admin().post("/api/provision/run", &json!({})).await.expect(404);
}

/// A job that has made a user and stands in the next step; its workflow has ended. Hire and job.
async fn stopped_midway(app: &App) -> (String, String) {
    let hold = Fault::new(Service::WorkMail, "RegisterToWorkMail", FaultKind::Hold).times(1);
    app.stack.cloud().faults().set(hold);
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    app.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
    while app.stack.cloud().faults().held() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    app.stop_execution(&format!("{job}-1")).await;
    (hire, job)
}

#[tokio::test]
async fn fault_01_a_damaged_job_that_may_have_left_something_goes_to_a_person() {
    let app = App::start().await;
    for attribute in ["attempt", "status", "steps"] {
        let (hire, job) = stopped_midway(&app).await;
        spoil(&app, &format!("JOB#{job}"), attribute).await;
        let path = format!("/api/provision/jobs/{job}");
        let shown = app.admin().post(&format!("{path}/cancel"), &json!({})).await.expect(202).body;
        assert_eq!(shown["status"], "needs_attention", "{attribute}");
        app.stack.cloud().faults().release();
        let shown = app.admin().get(&path).await.expect(200).body;
        assert_eq!(
            (&shown["status"], &shown["lastError"]["code"]),
            (&json!("needs_attention"), &json!("row_broken"))
        );
        let made = shown["steps"].as_array().unwrap().iter().find(|step| step["name"] == "create_user");
        let kept = made.is_some_and(|step| step["status"] == "done" && step["left"].is_string());
        assert_eq!(kept, attribute != "steps", "{attribute}: {shown}");
        assert_eq!(provisioning(&app, &hire).await, "needs_attention", "{attribute}");
    }
}

#[tokio::test]
async fn fault_01_a_running_job_that_was_damaged_is_undone_when_it_is_cancelled() {
    let app = App::start().await;
    let (hire, job) = stopped_midway(&app).await;
    spoil(&app, &format!("JOB#{job}"), "results").await;
    app.stack.cloud().faults().release();
    let path = format!("/api/provision/jobs/{job}");
    let asked = app.admin().post(&format!("{path}/cancel"), &json!({})).await.expect(202).body;
    assert_eq!((&asked["status"], &asked["cancelRequested"]), (&json!("running"), &json!(true)));
    app.advance(SignedDuration::from_mins(2));
    sweep(&app).await;
    assert_eq!(app.ended(&job).await["status"], "cancelled");
    assert!(app.mailboxes().is_empty(), "what it had made is gone");
    assert_eq!(provisioning(&app, &hire).await, "cancelled");
}

#[tokio::test]
async fn fault_01_the_sweep_and_the_oldest_pass_a_damaged_job_over_and_tell_of_it_once() {
    let app = App::start().await;
    let (_, poison) = app.signed_hire("Kim", "Doe").await;
    let (_, good) = app.signed_hire("Lee", "Roe").await;
    spoil(&app, &format!("JOB#{poison}"), "steps").await;
    assert_eq!(app.admin().post("/api/provision/run", &json!({})).await.expect(202).body["id"], json!(good));
    app.ended(&good).await;
    assert_eq!(sweep(&app).await, json!({ "failed": 1 }));
    assert_eq!(audited(&app, "job.damaged").await, 1);
    for _ in 0..3 {
        app.advance(SignedDuration::from_mins(1));
        assert_eq!(sweep(&app).await, json!({}), "not at every sweep");
    }
    app.advance(SignedDuration::from_hours(2));
    assert_eq!(sweep(&app).await, json!({ "failed": 1 }), "it is looked at again now and then");
    assert_eq!(audited(&app, "job.damaged").await, 1, "told of once");
}

#[tokio::test]
async fn fault_01_a_damaged_hire_costs_no_list_and_is_removed() {
    let app = App::start().await;
    let (admin, member) = (app.admin(), app.member());
    let older = app.hire("Kim", "Doe").await;
    let (hire, job) = app.signed_hire("Lee", "Roe").await;
    let path = format!("/api/hires/{hire}");
    admin.send(admin.request(reqwest::Method::DELETE, &path)).await.expect(409);
    spoil(&app, &format!("HIRE#{hire}"), "documents").await;
    let listed = member.get("/api/hires").await.expect(200).body;
    assert_eq!(ids(&listed)[..2], [(hire.as_str(), true), (&older, false)]);
    assert_eq!(member.get(&path).await.expect(409).code(), "damaged");
    let reset = admin.post(&format!("{path}/reset-password"), &json!({})).await.expect(409);
    assert_eq!(reset.code(), "damaged");
    let remove = async |actor: &vestibule_tests::Actor| {
        actor.send(actor.request(reqwest::Method::DELETE, &path)).await
    };
    remove(&member).await.expect(403);
    remove(&app.anonymous()).await.expect(401);
    remove(&app.stranger().await).await.expect(404);
    let open = remove(&admin).await.expect(409);
    assert!(open.code() == "wrong_state" && open.body["detail"].as_str().unwrap().contains("cancel"));
    admin.post(&format!("/api/provision/jobs/{job}/cancel"), &json!({})).await.expect(202);
    assert!(remove(&admin).await.expect(200).body["mailbox"].is_null());
    assert_eq!(audited(&app, "hire.remove").await, 1);
    remove(&admin).await.expect(404);
    member.get(&path).await.expect(404);
    let late = admin.post(&format!("/api/provision/jobs/{job}/retry"), &json!({})).await.expect(409);
    assert!(late.code() == "wrong_state" && late.body["detail"].as_str().unwrap().contains("removed"));
}

#[tokio::test]
async fn fault_01_a_damaged_esign_event_costs_no_list_and_is_told_when_it_is_settled() {
    let app = App::start().await;
    let (admin, member, path) = (app.admin(), app.member(), "/api/esign/events");
    for envelope in ["e1", "e2", "e3"] {
        let mut unfit = completed("x", "w9");
        unfit["data"]["envelopeId"] = json!(envelope);
        assert_eq!(app.deliver(&unfit).await.expect(200).body["outcome"], "unmatched");
    }
    let before = member.get(path).await.expect(200).body;
    let [(first, false), (broken, false), (last, false)] = ids(&before)[..] else { panic!("{before}") };
    spoil(&app, &format!("ESIGN#unmatched#{broken}"), "reason").await;
    for query in ["", "?outcome=unmatched"] {
        let listed = member.get(&format!("{path}{query}")).await.expect(200).body;
        assert_eq!(ids(&listed), [(first, false), (last, false), (broken, true)], "{query}");
    }
    let hire = app.hire("Ada", "Field").await;
    for (verb, body) in [("match", json!({ "hire": hire, "document": "w9" })), ("drop", json!({}))] {
        let refused = admin.post(&format!("{path}/{broken}/{verb}"), &body).await.expect(409);
        assert_eq!(refused.code(), "damaged", "{verb}: {}", refused.text);
        member.post(&format!("{path}/{broken}/{verb}"), &body).await.expect(403);
    }
    assert_eq!(app.document(&hire, "w9").await, "pending");
    admin.post(&format!("{path}/{first}/drop"), &json!({})).await.expect(200);
}

#[tokio::test]
async fn fault_01_a_damaged_hire_costs_the_other_hires_of_an_event_nothing() {
    let app = App::start().await;
    let (broken, whole) = (app.hire("Ada", "Field").await, app.hire("Kim", "Doe").await);
    spoil(&app, &format!("HIRE#{broken}"), "name").await;
    let mut both = completed(&broken, "w9");
    let fields = &mut both["data"]["envelopeSummary"]["customFields"]["textCustomFields"];
    let second = json!({ "name": "vestibule_document", "value": format!("{whole}/w9") });
    fields.as_array_mut().unwrap().push(second);
    assert_eq!(app.deliver(&both).await.expect(200).body["outcome"], "recorded");
    assert_eq!(app.document(&whole, "w9").await, "signed");
    let listed = app.member().get("/api/esign/events").await.expect(200).body;
    let event = &listed["items"][0];
    assert_eq!((&event["reason"], listed["items"].as_array().unwrap().len()), (&json!("damaged_hire"), 1));
    let path = format!("/api/esign/events/{}/match", event["id"].as_str().unwrap());
    let body = json!({ "hire": broken, "document": "w9" });
    assert_eq!(app.admin().post(&path, &body).await.expect(409).code(), "damaged");
}
