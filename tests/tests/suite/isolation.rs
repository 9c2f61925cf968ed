//! Another tenant's things answer like things that do not exist.

use serde_json::json;
use vestibule_tests::App;

#[tokio::test]
async fn another_tenants_ids_answer_404_byte_for_byte() {
    let app = App::start().await;
    let (hire, job) = app.signed_hire("Kim", "Doe").await;
    let other = app.stranger().await;
    let same = |text: &str| {
        let mut body: serde_json::Value = serde_json::from_str(text).unwrap();
        body["requestId"] = json!(null);
        body.to_string()
    };
    let cases = [
        ("GET", format!("/api/hires/{hire}"), "/api/hires/hire_00000000000000000000000000".to_owned()),
        ("POST", format!("/api/hires/{hire}/reset-password"), "/api/hires/hire_00000000000000000000000000/reset-password".to_owned()),
        ("GET", format!("/api/provision/jobs/{job}"), "/api/provision/jobs/job_00000000000000000000000000".to_owned()),
        ("POST", format!("/api/provision/jobs/{job}/retry"), "/api/provision/jobs/job_00000000000000000000000000/retry".to_owned()),
        ("POST", format!("/api/provision/jobs/{job}/cancel"), "/api/provision/jobs/job_00000000000000000000000000/cancel".to_owned()),
    ];
    for (method, theirs, unknown) in cases {
        let method: reqwest::Method = method.parse().unwrap();
        let theirs = other.send(other.request(method.clone(), &theirs).json(&json!({}))).await.expect(404);
        let unknown = other.send(other.request(method, &unknown).json(&json!({}))).await.expect(404);
        assert_eq!(same(&theirs.text), same(&unknown.text));
    }
    let run = other.post("/api/provision/run", &json!({ "job": job })).await.expect(404);
    let unknown = other.post("/api/provision/run", &json!({ "job": "job_00000000000000000000000000" })).await.expect(404);
    assert_eq!(same(&run.text), same(&unknown.text));
    other.post("/api/provision/run", &json!({})).await.expect(404);
    assert!(other.get("/api/hires").await.expect(200).body["items"].as_array().unwrap().is_empty());
    let cursor = app.admin().get("/api/hires?limit=1").await.expect(200);
    let cursor = cursor.body["next"].as_str().unwrap();
    other.get(&format!("/api/hires?cursor={cursor}")).await.expect(400);
    assert_eq!(app.admin().get(&format!("/api/provision/jobs/{job}")).await.expect(200).body["status"], "pending");
}

#[tokio::test]
async fn naming_a_tenant_gains_nothing() {
    let app = App::start().await;
    let other = app.stranger().await;
    let tenant = app.stack.sample().tenant.id.to_string();
    let request = other.request(reqwest::Method::GET, "/api/hires").header("x-tenant-id", &tenant);
    assert!(other.send(request).await.expect(200).body["items"].as_array().unwrap().is_empty());
    let body = json!({ "givenName": "K", "familyName": "D", "personalEmail": "k@example.org", "tenant": tenant });
    other.post("/api/hires", &body).await.expect(400);
}

#[tokio::test]
async fn the_debug_bypass_is_off_unless_asked_for() {
    let app = App::start().await;
    let anonymous = app.anonymous();
    let named = |app: &App| {
        let actor = app.anonymous();
        actor.request(reqwest::Method::GET, "/api/hires").header("x-debug-user", "debug_tenant_admin")
    };
    anonymous.send(named(&app)).await.expect(401);
    let open = App::with(|options| options.debug_bypass = true).await;
    open.anonymous().send(named(&open)).await.expect(200);
}
