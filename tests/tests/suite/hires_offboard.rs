//! `/api/hires/{id}/offboard`

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_models::{Fault, FaultKind, Service, User};
use vestibule_tests::{App, passwords::password_token};

/// Two hires with mailboxes; the one who leaves and the address of the other.
async fn two(app: &App) -> (String, String) {
    let (leaver, job) = app.signed_hire("Kim", "Doe").await;
    assert_eq!(app.run(&job).await["status"], "succeeded");
    let (other, job) = app.signed_hire("Max", "Lee").await;
    assert_eq!(app.run(&job).await["status"], "succeeded");
    let other = app.admin().get(&format!("/api/hires/{other}")).await.expect(200).body;
    (leaver, other["address"].as_str().unwrap().to_owned())
}

async fn plan(app: &App, hire: &str) -> Value {
    app.admin().get(&format!("/api/hires/{hire}/offboard")).await.expect(200).body
}

/// Begins the leaving.
async fn leave(app: &App, hire: &str, body: &Value) -> String {
    let started = app.admin().post(&format!("/api/hires/{hire}/offboard"), body).await.expect(202);
    started.body["job"].as_str().unwrap().to_owned()
}

fn mailbox(app: &App, local: &str) -> Option<User> {
    app.mailboxes().into_iter().find(|user| user.name == local)
}

#[tokio::test]
async fn what_a_provider_cannot_do_is_said_before_the_start() {
    let app = App::start().await;
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    let before = plan(&app, &hire).await;
    assert_eq!((&before["state"], &before["steps"]), (&json!("no_mailbox"), &json!([])));
    let path = format!("/api/hires/{hire}/offboard");
    assert_eq!(app.admin().post(&path, &json!({})).await.expect(409).code(), "wrong_state");
    let back = format!("{path}/call-back");
    assert_eq!(app.admin().post(&back, &json!({})).await.expect(409).code(), "wrong_state");
    app.run(&job).await;
    let plan = plan(&app, &hire).await;
    assert_eq!((&plan["state"], &plan["provider"]), (&json!("staying"), &json!("workmail")));
    let step = |name: &str| {
        plan["steps"].as_array().unwrap().iter().find(|step| step["step"] == name).unwrap().clone()
    };
    assert_eq!(step("hand_over")["code"], "mailbox_permissions");
    assert_eq!(
        (&step("end_sessions")["possible"], &step("end_sessions")["code"]),
        (&json!(false), &json!("sessions_go_on"))
    );
    let limits: Vec<_> =
        plan["limits"].as_array().unwrap().iter().map(|limit| limit["code"].clone()).collect();
    assert_eq!(limits, ["mail_not_sent_on", "password_not_restored", "mail_refused_after_deletion"]);
    app.member().get(&path).await.expect(200);
    app.member().post(&path, &json!({})).await.expect(403);
    app.member().post(&back, &json!({})).await.expect(403);
}

#[tokio::test]
async fn days_and_successor_are_checked_before_anything_is_begun() {
    let app = App::start().await;
    let (hire, other) = two(&app).await;
    let path = format!("/api/hires/{hire}/offboard");
    let own = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body["address"].clone();
    for to in [json!("nobody@test-brand.example"), json!("no address"), json!(""), own] {
        let refused = app.admin().post(&path, &json!({ "handOverTo": to })).await.expect(422);
        assert_eq!(refused.fields(), ["handOverTo"], "{to}");
    }
    for days in [i64::MIN, -1, 0, 366, i64::MAX] {
        let body = json!({ "handOverTo": other, "deleteAfterDays": days });
        let refused = app.admin().post(&path, &body).await.expect(422);
        assert_eq!(refused.fields(), ["deleteAfterDays"], "{days}");
    }
    for body in [json!({ "deleteAfterDays": "7" }), json!({ "deleteAfterDays": 1.5 }), json!({ "days": 7 })] {
        assert_eq!(app.admin().post(&path, &body).await.expect(400).code(), "body_invalid");
    }
    assert_eq!(plan(&app, &hire).await["job"], Value::Null);
}

#[tokio::test]
async fn a_hire_leaves_and_the_mailbox_is_deleted_on_its_day() {
    let app = App::start().await;
    let (hire, other) = two(&app).await;
    let token = password_token(&app.stack.cloud().mailer().sent().unwrap()[0]).unwrap();
    let job = leave(&app, &hire, &json!({ "handOverTo": other.to_uppercase(), "deleteAfterDays": 7 })).await;
    app.until_step(&job, ("keep", "waiting")).await;
    let (kim, max) = (mailbox(&app, "kim.doe").unwrap(), mailbox(&app, "max.lee").unwrap());
    assert_eq!(kim.permissions.len(), 1);
    assert_eq!(
        (kim.permissions[0].grantee.as_str(), &kim.permissions[0].values[..]),
        (max.id.as_str(), &["FULL_ACCESS".to_owned()][..])
    );
    let shown = app.member().get(&format!("/api/hires/{hire}")).await.expect(200).body;
    assert_eq!(shown["leaving"]["handOverTo"], other);
    // Neither a second leaving nor a way back in, and the record stays until it is over.
    let path = format!("/api/hires/{hire}");
    for path in [format!("{path}/offboard"), format!("{path}/reset-password")] {
        assert_eq!(app.admin().post(&path, &json!({})).await.expect(409).code(), "wrong_state", "{path}");
    }
    let remove = async || {
        let admin = app.admin();
        admin.send(admin.request(Method::DELETE, &path)).await
    };
    remove().await.expect(409);
    let page = app.anonymous().get(&format!("/mailbox/password?token={token}")).await;
    assert!(!page.text.contains("type=\"password\""), "the link of the first mail is over");
    app.advance(SignedDuration::from_hours(6 * 24));
    app.sweep().await;
    assert!(mailbox(&app, "kim.doe").is_some(), "too early");
    app.advance(SignedDuration::from_hours(25));
    app.sweep().await;
    app.until_step(&job, ("release_address", "waiting")).await;
    assert!(mailbox(&app, "kim.doe").is_none() && mailbox(&app, "max.lee").is_some());
    let shown = plan(&app, &hire).await;
    assert_eq!((&shown["state"], &shown["leaving"]["deleted"]["fate"]), (&json!("left"), &json!("reserved")));
    for path in [format!("{path}/offboard"), format!("{path}/offboard/call-back")] {
        assert_eq!(app.admin().post(&path, &json!({})).await.expect(409).code(), "wrong_state", "{path}");
    }
    let cancel = format!("/api/provision/jobs/{job}/cancel");
    assert_eq!(app.admin().post(&cancel, &json!({})).await.expect(409).code(), "wrong_state");
    app.advance(SignedDuration::from_hours(31 * 24));
    app.sweep().await;
    assert_eq!(app.ended(&job).await["status"], "succeeded");
    let shown = plan(&app, &hire).await;
    assert_eq!(shown["leaving"]["deleted"]["fate"], "free");
    // The next of the name gets the address.
    let (next, job) = app.signed_hire("Kim", "Doe").await;
    assert_eq!(app.run(&job).await["status"], "succeeded");
    let next = app.admin().get(&format!("/api/hires/{next}")).await.expect(200).body;
    assert_eq!(next["address"], shown["leaving"]["deleted"]["address"]);
    remove().await.expect(200);
}

#[tokio::test]
async fn a_hire_who_is_called_back_works_on_and_can_leave_later() {
    let app = App::start().await;
    let (hire, other) = two(&app).await;
    let path = format!("/api/hires/{hire}/offboard");
    for by_job in [false, true] {
        let job = leave(&app, &hire, &json!({ "handOverTo": other })).await;
        app.until_step(&job, ("keep", "waiting")).await;
        let stop =
            if by_job { format!("/api/provision/jobs/{job}/cancel") } else { format!("{path}/call-back") };
        app.admin().post(&stop, &json!({})).await.expect(202);
        assert_eq!(app.ended(&job).await["status"], "cancelled");
        let shown = plan(&app, &hire).await;
        assert_eq!((&shown["state"], &shown["leaving"]), (&json!("staying"), &Value::Null));
        assert!(mailbox(&app, "kim.doe").unwrap().permissions.is_empty());
        assert_eq!(
            app.admin().post(&format!("{path}/call-back"), &json!({})).await.expect(409).code(),
            "wrong_state"
        );
    }
    let reset = app.admin().post(&format!("/api/hires/{hire}/reset-password"), &json!({})).await.expect(202);
    assert_eq!(app.ended(reset.body["job"].as_str().unwrap()).await["status"], "succeeded");
}

#[tokio::test]
async fn a_leaving_that_fails_is_taken_back_and_one_that_halts_at_the_deletion_goes_on_or_is_called_back() {
    let app = App::start().await;
    let (hire, _) = two(&app).await;
    let refuse = |operation: &str| {
        let kind =
            FaultKind::Refuse { error: "AccessDeniedException".into(), status: 400, message: "no".into() };
        app.stack.cloud().faults().set(Fault::new(Service::WorkMail, operation, kind).times(u32::MAX));
    };
    refuse("ResetPassword");
    let job = leave(&app, &hire, &json!({ "deleteAfterDays": 1 })).await;
    assert_eq!(app.ended(&job).await["status"], "failed");
    assert_eq!(plan(&app, &hire).await["state"], "staying");
    app.stack.cloud().faults().clear();
    for called_back in [true, false] {
        let job = leave(&app, &hire, &json!({ "deleteAfterDays": 1 })).await;
        app.until_step(&job, ("keep", "waiting")).await;
        refuse("DescribeUser");
        app.advance(SignedDuration::from_hours(25));
        app.sweep().await;
        assert_eq!(app.ended(&job).await["status"], "needs_attention");
        app.stack.cloud().faults().clear();
        assert!(mailbox(&app, "kim.doe").is_some());
        let (path, ends) = if called_back {
            (format!("/api/hires/{hire}/offboard/call-back"), "cancelled")
        } else {
            (format!("/api/provision/jobs/{job}/retry"), "running")
        };
        app.admin().post(&path, &json!({})).await.expect(202);
        if called_back {
            assert_eq!(app.ended(&job).await["status"], ends);
        } else {
            app.until_step(&job, ("release_address", "waiting")).await;
            assert!(mailbox(&app, "kim.doe").is_none());
        }
    }
}
