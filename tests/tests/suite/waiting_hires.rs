//! A tenant that has not said where its mailboxes are made: its hires wait, and say for what.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use serde_json::{Value, json};
use vestibule_tests::App;

/// Gives a setting of the sample tenant another value; the former one.
async fn set(app: &App, setting: &str, value: AttributeValue) -> AttributeValue {
    let update = app.client().update_item().table_name(app.stack.table_name());
    let update = update.key("PK", AttributeValue::S(format!("T#{}", app.stack.sample().tenant.id)));
    let update = update.key("SK", AttributeValue::S("TENANT".into())).update_expression("SET #s = :value");
    let update =
        update.expression_attribute_names("#s", setting).expression_attribute_values(":value", value);
    let update = update.return_values(aws_sdk_dynamodb::types::ReturnValue::UpdatedOld);
    update.send().await.unwrap().attributes.unwrap().remove(setting).unwrap()
}

/// The step of the job at which it waits.
async fn waiting(app: &App, job: &str) -> Value {
    for _ in 0..200 {
        let shown = app.admin().get(&format!("/api/provision/jobs/{job}")).await.expect(200).body;
        let steps = shown["steps"].as_array().unwrap();
        if let Some(step) = steps.iter().find(|step| step["status"] == "waiting") {
            assert_eq!(shown["status"], "running");
            return step.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job {job} never waits");
}

#[tokio::test]
async fn a_hire_waits_for_a_missing_setting_says_for_which_and_goes_on_when_it_is_there() {
    let app = App::with(|options| options.pace = 0.0001).await;
    for (setting, code) in [("domain", "mail_domain_missing"), ("mailboxes", "mailbox_provider_missing")] {
        let kept = set(&app, setting, AttributeValue::Null(true)).await;
        let (hire, job) = app.signed_hire("Kim", "Doe").await;
        app.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
        let step = waiting(&app, &job).await;
        assert_eq!((&step["name"], &step["error"]), (&json!("reserve_address"), &json!(code)));
        set(&app, setting, kept).await;
        app.advance(SignedDuration::from_mins(31));
        let ended = app.ended(&job).await;
        assert_eq!(ended["status"], "succeeded", "{ended}");
        let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
        assert!(shown["address"].as_str().unwrap().starts_with("kim.doe"), "{shown}");
    }
}

#[tokio::test]
async fn a_job_that_waits_is_cancelled_at_once() {
    let app = App::with(|options| options.pace = 0.0001).await;
    set(&app, "mailboxes", AttributeValue::Null(true)).await;
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    app.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
    waiting(&app, &job).await;
    app.admin().post(&format!("/api/provision/jobs/{job}/cancel"), &json!({})).await.expect(202);
    let ended = app.ended(&job).await;
    assert_eq!((&ended["status"], &ended["lastError"]["code"]), (&json!("cancelled"), &json!("cancelled")));
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
    assert_eq!(shown["provisioning"], "cancelled");
    assert!(app.mailboxes().is_empty());
}

#[tokio::test]
async fn a_tenant_without_any_of_the_settings_exists_and_takes_hires() {
    let app = App::start().await;
    for setting in ["domain", "mailboxes", "endpoint"] {
        set(&app, setting, AttributeValue::Null(true)).await;
    }
    app.hire("Ada", "Field").await;
    let context = app.admin().get("/api/auth/context").await.expect(200).body;
    assert!(context.to_string().contains("Test Brand"), "{context}");
}
