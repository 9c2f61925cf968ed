//! `/api/v1/onboarding`, `/api/v1/organizations/{id}/setup`, `/api/v1/workspace` and its subscription

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const ONBOARDING: &str = "/api/v1/onboarding";
const SUBSCRIPTION: &str = "/api/v1/workspace/subscription";

async fn put(actor: &Actor, path: &str, body: &Value) -> Answer {
    actor.send(actor.request(Method::PUT, path).json(body)).await
}

fn integrations() -> Value {
    json!({ "apis": ["HubSpot"], "webhookUrl": "https://hooks.acme.example/", "crmUrl": "https://crm.acme.example/" })
}

/// The steps in their order.
fn steps() -> [(&'static str, Value); 6] {
    [
        ("company", json!({ "name": "Acme & Co", "size": "11-50", "location": "Austin, Texas" })),
        ("industry", json!(["health", "auto"])),
        ("regions", json!(["Texas", "Oklahoma"])),
        ("leadSources", json!(["Web site"])),
        ("integrations", integrations()),
        ("billing", json!({ "tier": "platinum", "email": "bills@acme.example" })),
    ]
}

#[tokio::test]
async fn onb_2_six_steps_are_saved_left_resumed_and_revisited() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let path = format!("/api/v1/organizations/{tenant}/setup");
    let begun = admin.get(&path).await.expect(200).body;
    assert_eq!(
        (&begun["percent"], &begun["next"], &begun["hasDomain"]),
        (&json!(0), &json!("company"), &json!(false))
    );
    for (number, (name, step)) in steps().into_iter().enumerate() {
        let saved = put(&admin, ONBOARDING, &json!({ name: step })).await.expect(200).body;
        assert_eq!(saved["percent"], json!((number + 1) * 100 / 6), "{name}");
        assert_eq!(saved["steps"][name], step, "{name}");
        // Left and come back to: it is all there.
        assert_eq!(admin.get(&path).await.expect(200).body, saved);
    }
    let done = admin.get(&path).await.expect(200).body;
    assert_eq!((&done["missing"], &done["next"], &done["percent"]), (&json!([]), &json!(null), &json!(100)));
    let changed = put(&admin, ONBOARDING, &json!({ "regions": ["Maine", "Maine"] })).await.expect(200).body;
    assert_eq!((&changed["steps"]["regions"], &changed["percent"]), (&json!(["Maine"]), &json!(100)));
    let organization = admin.get(&format!("/api/v1/organizations/{tenant}")).await.expect(200).body;
    assert_eq!(
        (&organization["name"], &organization["crmUrl"]),
        (&json!("Acme & Co"), &json!("https://crm.acme.example/"))
    );
    let workspace = json!({ "leadSources": ["Fairs"], "integrations": { "apis": [] } });
    put(&admin, "/api/v1/workspace", &workspace).await.expect(200);
    let kept = admin.get("/api/v1/workspace").await.expect(200).body;
    assert_eq!(kept["leadSources"], json!(["Fairs"]));
    assert_eq!(kept["integrations"]["crmUrl"], "https://crm.acme.example/", "absent: it stays");
    let rows = app.dump().await;
    assert!(!rows.iter().any(|row| row.contains("bills@acme.example")), "sealed in the table");
}

#[tokio::test]
async fn a_step_sent_twice_is_once_and_steps_at_once_lose_nothing() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    for (name, step) in steps() {
        let body = json!({ name: step });
        let (first, second) = tokio::join!(put(&admin, ONBOARDING, &body), put(&admin, ONBOARDING, &body));
        for answer in [&first, &second] {
            assert!([200, 409].contains(&answer.status), "{}", answer.text);
        }
        assert!(first.status == 200 || second.status == 200, "{name}");
    }
    let done = admin.get(&format!("/api/v1/organizations/{tenant}/setup")).await.expect(200).body;
    assert_eq!(done["percent"], 100);
}

#[tokio::test]
async fn bad_steps_are_named_all_at_once_and_nothing_is_saved() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let wrong = json!({
        "company": { "name": "", "size": "some", "location": "\u{202e}" },
        "industry": ["pets"],
        "regions": [],
        "leadSources": ["ok", ""],
        "integrations": { "apis": vec!["x"; 51], "webhookUrl": "ftp://x", "crmUrl": "javascript:x" },
        "billing": { "tier": "operandi", "email": "nobody" },
    });
    let refused = put(&admin, ONBOARDING, &wrong).await.expect(422);
    let fields = [
        "company.name",
        "company.size",
        "company.location",
        "industry",
        "regions",
        "leadSources",
        "integrations.apis",
        "integrations.webhookUrl",
        "integrations.crmUrl",
        "billing.tier",
        "billing.email",
    ];
    assert_eq!(refused.fields(), fields);
    assert_eq!(put(&admin, ONBOARDING, &json!({})).await.expect(422).code(), "invalid");
    assert_eq!(put(&admin, ONBOARDING, &json!({ "step": 1 })).await.expect(400).fields(), ["step"]);
    let setup = admin.get(&format!("/api/v1/organizations/{tenant}/setup")).await.expect(200).body;
    assert_eq!((&setup["percent"], &setup["steps"]["company"]), (&json!(0), &json!(null)));
}

#[tokio::test]
async fn the_tier_is_changed_by_who_may_and_decides_about_own_roles() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let manager = app.colleague(&tenant, "max", "manager").await;
    put(&manager, SUBSCRIPTION, &json!({ "tier": "free" })).await.expect(403);
    let billing = json!({ "billing": { "tier": "free" }, "regions": ["Texas"] });
    let refused = put(&manager, ONBOARDING, &billing).await.expect(403);
    assert!(refused.text.contains("tenant.billing.manage"), "{}", refused.text);
    put(&admin, ONBOARDING, &json!({ "billing": { "tier": "platinum", "email": "bills@acme.example" } }))
        .await
        .expect(200);
    let saved = put(&manager, ONBOARDING, &json!({ "regions": ["Texas"] })).await.expect(200);
    assert_eq!(saved.body["steps"]["billing"], json!(null), "for those who may see it");
    let seen = manager.get(&format!("/api/v1/organizations/{tenant}/setup")).await.expect(200);
    assert!(!seen.text.contains("bills@"), "{}", seen.text);
    assert_eq!(
        put(&admin, SUBSCRIPTION, &json!({ "tier": "operandi" })).await.expect(422).fields(),
        ["tier"]
    );
    let free = put(&admin, SUBSCRIPTION, &json!({ "tier": "free" })).await.expect(200).body;
    assert_eq!((&free["current"]["seats"], &free["current"]["apiKeys"]), (&json!(5), &json!(1)));
    assert_eq!(free["available"].as_array().unwrap().len(), 2);
    let role = json!({ "id": "buyer", "title": "Buyer", "parent": null, "permissions": [] });
    assert_eq!(admin.post("/api/admin/team/roles", &role).await.expect(409).code(), "wrong_state");
    put(&admin, SUBSCRIPTION, &json!({ "tier": "platinum" })).await.expect(200);
    admin.post("/api/admin/team/roles", &role).await.expect(201);
    // What is there can be made less on a smaller tier, not more.
    let edit = async |permissions: &[&str]| {
        let body = json!({ "title": "Buyer", "parent": null, "permissions": permissions });
        put(&admin, "/api/admin/team/roles/buyer", &body).await
    };
    edit(&["orders.view", "orders.manage"]).await.expect(200);
    put(&admin, SUBSCRIPTION, &json!({ "tier": "free" })).await.expect(200);
    edit(&["orders.view"]).await.expect(200);
    assert_eq!(edit(&["orders.view", "orders.manage"]).await.expect(409).code(), "wrong_state");
}

#[tokio::test]
async fn x01_the_setup_of_another_business_is_not_there() {
    let app = App::identity().await;
    let ((_, of_kim), (lee, _)) = (app.founder("kim").await, app.founder("lee").await);
    for end in ["setup", "domain"] {
        lee.get(&format!("/api/v1/organizations/{of_kim}/{end}")).await.expect(404);
    }
}
