//! Sessions and memberships whose row cannot be read.

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::App;
use vestibule_tests::identity::PASSWORD;

const KIM: &str = "kim@example.org";
const OTHER: &str = "velvet anchor plum tractor";

/// Gives a row a value that cannot be read.
async fn spoil(app: &App, (pk, sk): (&str, &str), attribute: &str) {
    let update = app.client().update_item().table_name(app.stack.table_name());
    let update =
        update.key("PK", AttributeValue::S(pk.to_owned())).key("SK", AttributeValue::S(sk.to_owned()));
    let update = update.update_expression("SET #a = :broken").condition_expression("attribute_exists(PK)");
    let update = update.expression_attribute_names("#a", attribute);
    update.expression_attribute_values(":broken", AttributeValue::L(Vec::new())).send().await.unwrap();
}

fn damaged(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.filter(|item| item["damaged"] == true).map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_01_a_damaged_session_costs_no_list_and_is_ended() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    let me = mine.get("/api/v1/auth/me").await.expect(200).body;
    let user = format!("U#{}", me["id"].as_str().unwrap());
    for attribute in ["method", "ended", "created", "expires"] {
        let other = app.with_token(&app.login(KIM).await);
        let id = other.get("/api/v1/auth/me").await.expect(200).body["session"].as_str().unwrap().to_owned();
        spoil(&app, (&user, &format!("SESSION#{id}")), attribute).await;
        let listed = mine.get("/api/v1/auth/sessions").await.expect(200).body;
        assert_eq!((damaged(&listed), listed["items"].as_array().unwrap().len()), (vec![id.as_str()], 2));
        other.get("/api/v1/auth/me").await.expect(401);
        let path = format!("/api/v1/auth/sessions/{id}");
        let stranger = app.person("debug_team_member");
        stranger.send(stranger.request(Method::DELETE, &path)).await.expect(404);
        mine.send(mine.request(Method::DELETE, &path)).await.expect(204);
        mine.send(mine.request(Method::DELETE, &path)).await.expect(404);
        let listed = mine.get("/api/v1/auth/sessions").await.expect(200).body;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{attribute}");
        app.advance(jiff::SignedDuration::from_mins(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_01_a_new_password_ends_damaged_sessions_too() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    let me = mine.get("/api/v1/auth/me").await.expect(200).body;
    let other = app.with_token(&app.login(KIM).await);
    let id = other.get("/api/v1/auth/me").await.expect(200).body["session"].as_str().unwrap().to_owned();
    let user = format!("U#{}", me["id"].as_str().unwrap());
    spoil(&app, (&user, &format!("SESSION#{id}")), "method").await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": OTHER });
    mine.post("/api/v1/auth/password", &change).await.expect(204);
    let rows = app.dump().await;
    assert!(!rows.iter().any(|row| row.contains(&format!("S(\"SESSION#{id}\")"))), "it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_01_a_damaged_membership_costs_no_list_and_is_left() {
    let app = App::identity().await;
    let mine = app.with_token(&app.sample_login("member@test-brand.local").await);
    let me = mine.get("/api/v1/auth/me").await.expect(200).body;
    let before = mine.get("/api/auth/context/tenants").await.expect(200).body;
    let before = before["items"].as_array().unwrap().clone();
    let member = before.iter().find(|known| known["roles"][0] == "member").unwrap();
    let tenant = member["id"].as_str().unwrap();
    let row = (format!("T#{tenant}"), format!("MEMBER#{}", me["id"].as_str().unwrap()));
    mine.get("/api/hires").await.expect(200);
    spoil(&app, (&row.0, &row.1), "roles").await;
    mine.get("/api/hires").await.expect(401);
    let listed = mine.get("/api/auth/context/tenants").await.expect(200).body;
    assert_eq!((damaged(&listed), listed["items"].as_array().unwrap().len()), (vec![tenant], before.len()));
    let path = format!("/api/auth/context/tenants/{tenant}");
    mine.send(mine.request(Method::DELETE, &path)).await.expect(204);
    let listed = mine.get("/api/auth/context/tenants").await.expect(200).body;
    assert_eq!((damaged(&listed), listed["items"].as_array().unwrap().len()), (vec![], before.len() - 1));
}
