//! Another tenant's things answer like things that do not exist.

use serde_json::json;
use vestibule_tests::App;

/// An id of the same kind that nobody has.
fn unknown_like(id: &str) -> String {
    format!("{}_{}", id.split_once('_').unwrap().0, "0".repeat(26))
}

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
    for (method, path, id) in [
        ("GET", "/api/hires/{}", &hire),
        ("POST", "/api/hires/{}/reset-password", &hire),
        ("GET", "/api/hires/{}/offboard", &hire),
        ("POST", "/api/hires/{}/offboard", &hire),
        ("POST", "/api/hires/{}/offboard/call-back", &hire),
        ("GET", "/api/provision/jobs/{}", &job),
        ("POST", "/api/provision/jobs/{}/retry", &job),
        ("POST", "/api/provision/jobs/{}/cancel", &job),
    ] {
        let method: reqwest::Method = method.parse().unwrap();
        let ask = |id: &str| other.request(method.clone(), &path.replace("{}", id)).json(&json!({}));
        let theirs = other.send(ask(id)).await.expect(404);
        let unknown = other.send(ask(&unknown_like(id))).await.expect(404);
        assert_eq!(same(&theirs.text), same(&unknown.text), "{path}");
    }
    app.deliver(&json!({ "data": { "envelopeId": "e1" } })).await.expect(200);
    let events = app.admin().get("/api/esign/events").await.expect(200).body;
    let event = events["items"][0]["id"].as_str().unwrap();
    for (verb, body) in [("match", json!({ "hire": hire, "document": "w9" })), ("drop", json!({}))] {
        let path = |id: &str| format!("/api/esign/events/{id}/{verb}");
        let theirs = other.post(&path(event), &body).await.expect(404);
        let unknown = other.post(&path(&unknown_like(event)), &body).await.expect(404);
        assert_eq!(same(&theirs.text), same(&unknown.text), "{verb}");
    }
    assert!(other.get("/api/esign/events").await.expect(200).body["items"].as_array().unwrap().is_empty());
    let run = other.post("/api/provision/run", &json!({ "job": job })).await.expect(404);
    let unknown = other.post("/api/provision/run", &json!({ "job": unknown_like(&job) })).await.expect(404);
    assert_eq!(same(&run.text), same(&unknown.text));
    other.post("/api/provision/run", &json!({})).await.expect(404);
    assert!(other.get("/api/hires").await.expect(200).body["items"].as_array().unwrap().is_empty());
    let cursor = app.admin().get("/api/hires?limit=1").await.expect(200);
    let cursor = cursor.body["next"].as_str().unwrap();
    other.get(&format!("/api/hires?cursor={cursor}")).await.expect(400);
    assert_eq!(
        app.admin().get(&format!("/api/provision/jobs/{job}")).await.expect(200).body["status"],
        "pending"
    );
}

#[tokio::test]
async fn naming_a_tenant_gains_nothing() {
    let app = App::start().await;
    let other = app.stranger().await;
    let tenant = app.stack.sample().tenant.id.to_string();
    let mut told = Vec::new();
    for named in [tenant.clone(), unknown_like(&tenant), "acme".to_owned()] {
        let request = other.request(reqwest::Method::GET, "/api/hires").header("x-tenant-id", &named);
        let refused = other.send(request).await.expect(403);
        let mut body = refused.body.clone();
        body["requestId"] = json!(null);
        told.push((refused.code().to_owned(), body.to_string()));
    }
    assert!(told.iter().all(|answer| *answer == told[0] && answer.0 == "tenant_mismatch"), "{told:?}");
    let own = app.admin();
    let request = own.request(reqwest::Method::GET, "/api/hires").header("x-tenant-id", &tenant);
    own.send(request).await.expect(200);
    let body =
        json!({ "givenName": "K", "familyName": "D", "personalEmail": "k@example.org", "tenant": tenant });
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

#[tokio::test]
async fn ten_12_with_the_bypass_whoever_names_nobody_is_the_super_administrator() {
    let app = App::with(|options| options.debug_bypass = true).await;
    let nobody = app.anonymous();
    let me = nobody.get("/api/v1/auth/me").await.expect(200);
    assert_eq!(me.body["email"], "super@test.local");
    nobody.get("/api/super-admin/audit").await.expect(200);
    nobody.get("/api/hires").await.expect(200);
    let get =
        |name: &str, value: &str| nobody.request(reqwest::Method::GET, "/api/hires").header(name, value);
    // Who says who they are is nobody else, also when it is wrong.
    for (name, value) in [
        ("authorization", "Bearer x"),
        ("x-debug-user", "nobody"),
        ("x-debug-user", ""),
        ("cookie", "__Host-vestibule-access=x"),
        ("cookie", "__Host-vestibule-csrf=x"),
    ] {
        nobody.send(get(name, value)).await.expect(401);
    }
    nobody.send(get("x-debug-user", "debug_local_user_bypass")).await.expect(200);
    let member = nobody.request(reqwest::Method::GET, "/api/super-admin/audit");
    nobody.send(member.header("x-debug-user", "debug_team_member")).await.expect(403);
    app.member().get("/api/super-admin/audit").await.expect(403);
}
