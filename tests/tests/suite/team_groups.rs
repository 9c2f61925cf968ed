//! `/api/admin/team/groups`

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const GROUPS: &str = "/api/admin/team/groups";

async fn send(actor: &Actor, method: Method, path: &str, body: &Value) -> Answer {
    actor.send(actor.request(method, path).json(body)).await
}

#[tokio::test]
async fn a_group_names_a_part_of_the_team_and_allows_nothing() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    app.colleague(&tenant, "lee", "viewer").await;
    let made = admin.post(GROUPS, &json!({ "name": "Sales" })).await.expect(201).body;
    let path = format!("{GROUPS}/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.post(GROUPS, &json!({ "name": "Sales" })).await.expect(422).fields(), ["name"]);
    let lee = admin.get("/api/admin/team?text=LEE@").await.expect(200).body["items"][0].clone();
    let member = format!("/api/admin/team/{}", lee["id"].as_str().unwrap());
    let grouped = send(&admin, Method::PATCH, &member, &json!({ "groups": [made["id"]] })).await.expect(200);
    assert_eq!(grouped.body["groups"], json!([made["id"]]));
    let of = format!("/api/admin/team?group={}", made["id"].as_str().unwrap());
    let listed = admin.get(&of).await.expect(200).body;
    assert_eq!(listed["items"][0]["email"], "lee@example.org");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    send(&admin, Method::PUT, &path, &json!({ "name": "Service" })).await.expect(200);
    assert_eq!(admin.get(GROUPS).await.expect(200).body["items"][0]["name"], "Service");
    admin.send(admin.request(Method::DELETE, &path)).await.expect(204);
    assert_eq!(admin.get(&member).await.expect(200).body["groups"], json!([]), "a group that is no more");
    let unknown = json!({ "groups": [made["id"]] });
    assert_eq!(send(&admin, Method::PATCH, &member, &unknown).await.expect(422).fields(), ["groups"]);
}

#[tokio::test]
async fn x03_a_group_of_another_business_is_none() {
    let app = App::identity().await;
    let ((kim, _), (lee, _)) = (app.founder("kim").await, app.founder("lee").await);
    let made = kim.post(GROUPS, &json!({ "name": "Sales" })).await.expect(201).body;
    let path = format!("{GROUPS}/{}", made["id"].as_str().unwrap());
    send(&lee, Method::PUT, &path, &json!({ "name": "Mine" })).await.expect(404);
    lee.send(lee.request(Method::DELETE, &path)).await.expect(404);
    let own = lee.get("/api/admin/team").await.expect(200).body["items"][0]["id"].clone();
    let body = json!({ "groups": [made["id"]] });
    let refused =
        send(&lee, Method::PATCH, &format!("/api/admin/team/{}", own.as_str().unwrap()), &body).await;
    assert_eq!(refused.expect(422).fields(), ["groups"]);
}
