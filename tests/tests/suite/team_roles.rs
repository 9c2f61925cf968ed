//! `/api/admin/team/roles` and `/api/admin/team/matrix`

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const ROLES: &str = "/api/admin/team/roles";

fn role(id: &str, parent: Option<&str>, permissions: &[&str]) -> Value {
    json!({ "id": id, "title": "Own", "parent": parent, "permissions": permissions })
}

async fn put(actor: &Actor, id: &str, parent: Option<&str>, permissions: &[&str]) -> Answer {
    let body = json!({ "title": "Own", "parent": parent, "permissions": permissions });
    actor.send(actor.request(Method::PUT, &format!("{ROLES}/{id}")).json(&body)).await
}

async fn remove(actor: &Actor, id: &str) -> Answer {
    actor.send(actor.request(Method::DELETE, &format!("{ROLES}/{id}"))).await
}

#[tokio::test]
async fn ten_5_a_new_business_has_the_roles_of_its_preset_and_they_stay() {
    let app = App::identity().await;
    let (admin, _) = app.founder("kim").await;
    let listed = admin.get(ROLES).await.expect(200).body;
    let names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|role| role["id"].clone()).collect();
    let expected =
        ["content_manager", "creator_manager", "finance", "manager", "support", "tenant_admin", "viewer"];
    assert_eq!(names, expected);
    assert_eq!(put(&admin, "viewer", None, &["payouts.process"]).await.expect(409).code(), "wrong_state");
    assert_eq!(remove(&admin, "finance").await.expect(409).code(), "wrong_state");
    remove(&admin, "nobody").await.expect(404);
}

#[tokio::test]
async fn ten_7_a_role_inherits_and_counts_from_the_next_request() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let made = admin.post(ROLES, &role("recruiter", Some("viewer"), &["hires.view"])).await.expect(201).body;
    assert_eq!((&made["own"], &made["parent"]), (&json!(["hires.view"]), &json!("viewer")));
    assert!(made["permissions"].as_array().unwrap().contains(&json!("orders.view")), "inherited");
    let lee = app.colleague(&tenant, "lee", "recruiter").await;
    lee.get("/api/hires").await.expect(200);
    put(&admin, "recruiter", Some("viewer"), &[]).await.expect(200);
    let refused = lee.get("/api/hires").await.expect(403);
    assert!(refused.text.contains("hires.view"), "the permission is named: {}", refused.text);
    admin.post(ROLES, &role("chief", Some("recruiter"), &[])).await.expect(201);
    assert_eq!(put(&admin, "recruiter", Some("chief"), &[]).await.expect(422).fields(), ["parent"]);
    assert_eq!(remove(&admin, "recruiter").await.expect(409).code(), "wrong_state", "another inherits");
    remove(&admin, "chief").await.expect(204);
    assert_eq!(remove(&admin, "recruiter").await.expect(409).code(), "wrong_state", "a member holds it");
}

#[tokio::test]
async fn p02_nobody_hands_out_more_than_they_hold() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let editor = role("editor", None, &["team.view", "team.roles.manage", "orders.view"]);
    admin.post(ROLES, &editor).await.expect(201);
    admin.post(ROLES, &role("base", None, &[])).await.expect(201);
    admin.post(ROLES, &role("strong", Some("base"), &["payouts.view"])).await.expect(201);
    let lee = app.colleague(&tenant, "lee", "editor").await;
    let refused = lee.post(ROLES, &role("mine", None, &["payouts.process"])).await.expect(403);
    assert!(refused.text.contains("payouts.process"), "{}", refused.text);
    lee.post(ROLES, &role("mine", Some("tenant_admin"), &[])).await.expect(403);
    lee.post(ROLES, &role("mine", None, &["orders.view"])).await.expect(201);
    put(&lee, "mine", None, &["orders.view", "payouts.view"]).await.expect(403);
    put(&lee, "mine", Some("finance"), &[]).await.expect(403);
    put(&lee, "editor", None, &["team.view", "team.roles.manage", "payouts.view"]).await.expect(403);
    put(&lee, "base", None, &["payouts.process"]).await.expect(403);
    put(&lee, "strong", None, &[]).await.expect(403);
    remove(&lee, "strong").await.expect(403);
    put(&admin, "mine", Some("finance"), &[]).await.expect(200);
}

#[tokio::test]
async fn roles_of_another_business_are_not_there() {
    let app = App::identity().await;
    let (kim, _) = app.founder("kim").await;
    let (lee, _) = app.founder("lee").await;
    kim.post(ROLES, &role("secret_role", None, &[])).await.expect(201);
    for path in [ROLES, "/api/admin/team/matrix"] {
        assert!(!lee.get(path).await.expect(200).text.contains("secret_role"), "{path}");
    }
    lee.get(&format!("{ROLES}/secret_role")).await.expect(404);
    assert_eq!(
        lee.post(ROLES, &role("mine", Some("secret_role"), &[])).await.expect(422).fields(),
        ["parent"]
    );
}

#[tokio::test]
async fn bad_roles_are_refused_with_every_field_named() {
    let app = App::identity().await;
    let (admin, _) = app.founder("kim").await;
    let wrong = json!({ "id": "No Name", "title": "", "parent": "#", "permissions": ["orders.eat"] });
    let refused = admin.post(ROLES, &wrong).await.expect(422);
    assert_eq!(refused.fields(), ["id", "title", "parent", "permissions"]);
    for field in ["preset", "takesRegistered", "tenant"] {
        let mut body = role("mine", None, &[]);
        body[field] = json!(true);
        assert_eq!(admin.post(ROLES, &body).await.expect(400).fields(), [field]);
    }
    admin.post(ROLES, &role("mine", None, &[])).await.expect(201);
    assert_eq!(admin.post(ROLES, &role("mine", None, &[])).await.expect(409).fields(), ["id"]);
    for number in 2..=8 {
        let (id, parent) = (
            format!("chain_{number}"),
            if number == 2 { "mine".into() } else { format!("chain_{}", number - 1) },
        );
        admin.post(ROLES, &role(&id, Some(&parent), &[])).await.expect(201);
    }
    assert_eq!(admin.post(ROLES, &role("last", Some("chain_8"), &[])).await.expect(422).fields(), ["parent"]);
}

#[tokio::test]
async fn the_matrix_says_from_which_role_each_permission_comes() {
    let app = App::identity().await;
    let (admin, _) = app.founder("kim").await;
    admin.post(ROLES, &role("buyer", Some("viewer"), &["orders.manage"])).await.expect(201);
    let matrix = admin.get("/api/admin/team/matrix").await.expect(200).body;
    let row = |name: &str| {
        let rows = matrix["items"].as_array().unwrap();
        rows.iter().find(|row| row["permission"] == name).unwrap().clone()
    };
    assert_eq!(row("orders.manage")["roles"]["buyer"], "buyer");
    assert_eq!(row("orders.view")["roles"]["buyer"], "viewer", "inherited");
    assert!(row("payouts.process")["roles"].get("buyer").is_none());
}

#[tokio::test]
async fn p03_roles_edited_at_once_lose_no_change_and_give_no_right_that_nobody_granted() {
    let app = App::identity().await;
    let (admin, _) = app.founder("kim").await;
    let names: Vec<_> = (0..10).map(|number| format!("role_{number}")).collect();
    let bodies = names.iter().map(|name| role(name, None, &["orders.view"]));
    let answers = join_all(bodies.map(|body| {
        let admin = &admin;
        async move { admin.post(ROLES, &body).await }
    }))
    .await;
    let made: Vec<_> = names.iter().zip(&answers).filter(|(_, answer)| answer.status == 201).collect();
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
    assert!(!made.is_empty());
    for (name, _) in &made {
        let shown = admin.get(&format!("{ROLES}/{name}")).await.expect(200).body;
        assert_eq!(shown["permissions"], json!(["orders.view"]));
    }
    let listed = admin.get(ROLES).await.expect(200).body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 7 + made.len());
}
