//! Sessions that end: from the next request on none of their tokens is good for anything.

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{
    Answer, App,
    identity::{PASSWORD, Tokens, shape},
};

use crate::{
    behind::{person, suspend},
    forge::parts,
};

const ADMIN: &str = "admin@test-brand.local";
const KIM: &str = "kim@example.org";
const NEW: &str = "thimble orchard granite nine";

/// Checks that a session's tokens open nothing: not the profile, not a tenant, not new tokens.
async fn over(app: &App, tokens: &Tokens, what: &str) {
    let actor = app.with_token(tokens);
    let anonymous = app.anonymous();
    let in_tenant = parts(&tokens.access).1.get("tenant").map(|_| "/api/hires");
    for path in ["/api/v1/auth/me", "/api/v1/auth/sessions"].into_iter().chain(in_tenant) {
        let answer = actor.get(path).await;
        assert_eq!(shape(&answer), shape(&anonymous.get(path).await), "{what}: {path}: {}", answer.text);
        assert_eq!(answer.status, 401, "{what}: {path}");
    }
    let refreshed = app.refresh(&tokens.refresh).await;
    let made_up = app.refresh("made up").await.expect(401);
    assert_eq!(shape(&refreshed), shape(&made_up), "{what}: {}", refreshed.text);
}

/// Checks that a session works; its tokens from now on.
async fn alive(app: &App, tokens: &Tokens) -> Tokens {
    app.with_token(tokens).get("/api/v1/auth/me").await.expect(200);
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
    app.with_token(&next).get("/api/v1/auth/me").await.expect(200);
    next
}

async fn logout(app: &App, tokens: &Tokens, which: &str) {
    let body = json!({ "sessions": which });
    app.with_token(tokens).post("/api/v1/auth/logout", &body).await.expect(204);
}

fn session(tokens: &Tokens) -> String {
    parts(&tokens.access).1["sid"].as_str().unwrap().to_owned()
}

async fn end(app: &App, by: &Tokens, session: &str) -> Answer {
    let actor = app.with_token(by);
    actor.send(actor.request(Method::DELETE, &format!("/api/v1/auth/sessions/{session}"))).await
}

#[tokio::test]
async fn t07_logout_ends_this_session_the_others_or_all_at_once() {
    let app = App::identity().await;
    let (one, two, three) =
        (app.sample_login(ADMIN).await, app.sample_login(ADMIN).await, app.sample_login(ADMIN).await);
    logout(&app, &one, "this").await;
    over(&app, &one, "logged out").await;
    let (two, three) = (alive(&app, &two).await, alive(&app, &three).await);
    logout(&app, &two, "others").await;
    over(&app, &three, "another one logged out").await;
    let two = alive(&app, &two).await;
    let four = app.sample_login(ADMIN).await;
    logout(&app, &four, "all").await;
    over(&app, &two, "all logged out").await;
    over(&app, &four, "all logged out, by itself").await;
    alive(&app, &app.sample_login(ADMIN).await).await;
}

#[tokio::test]
async fn t07_more_sessions_than_one_transaction_holds_end_at_once() {
    let app = App::identity().await;
    let mut all = Vec::new();
    for _ in 0..130 {
        all.push(app.sample_login(ADMIN).await);
    }
    logout(&app, &all[7], "others").await;
    for (number, tokens) in all.iter().enumerate().filter(|(number, _)| *number != 7) {
        app.with_token(tokens).get("/api/hires").await.expect(401);
        assert_eq!(app.refresh(&tokens.refresh).await.status, 401, "session {number}");
    }
    alive(&app, &all[7]).await;
    println!("130 sessions: 129 ended by one request");
}

#[tokio::test]
async fn t07_a_session_is_ended_by_its_owner_only() {
    let app = App::identity().await;
    let (mine, other) = (app.newcomer(KIM).await, app.login(KIM).await);
    let stranger = app.newcomer("sam@example.org").await;
    let unknown = end(&app, &stranger, "ses_01ARZ3NDEKTSV4RRFFQ69G5FAV").await.expect(404);
    for id in [session(&other), "x".into(), "ses_x".into(), session(&other).to_lowercase()] {
        let refused = end(&app, &stranger, &id).await;
        assert_eq!(shape(&refused), shape(&unknown), "{id}: {}", refused.text);
    }
    let other = alive(&app, &other).await;
    end(&app, &mine, &session(&other)).await.expect(204);
    over(&app, &other, "ended").await;
    assert_eq!(shape(&end(&app, &mine, &session(&other)).await), shape(&unknown), "ended twice");
    let mine = alive(&app, &mine).await;
    end(&app, &mine, &session(&mine)).await.expect(204);
    over(&app, &mine, "ended by itself").await;
}

#[tokio::test]
async fn ten_9_the_list_of_sessions_shows_devices_and_only_what_is_alive() {
    let app = App::identity().await;
    let first = app.newcomer(KIM).await;
    let elsewhere = app.elsewhere();
    let body = json!({ "email": KIM, "password": PASSWORD });
    let request = elsewhere.request(Method::POST, "/api/v1/auth/login").json(&body);
    let second =
        Tokens::of(&elsewhere.send(request.header("user-agent", "Tablet <b>9</b>")).await.expect(200));
    let third = app.login(KIM).await;
    logout(&app, &third, "this").await;
    app.newcomer("sam@example.org").await;
    let list = app.with_token(&first).get("/api/v1/auth/sessions").await.expect(200).body;
    let items = list["items"].as_array().unwrap();
    let shown: Vec<_> =
        items.iter().map(|item| (item["id"].as_str().unwrap(), item["current"] == true)).collect();
    assert_eq!(shown, [(&*session(&second), false), (&*session(&first), true)], "newest first, two of three");
    assert_eq!(items[0]["device"], "Tablet <b>9</b>");
    assert!(items[0]["address"].as_str().unwrap().starts_with("127."));
    assert_ne!(items[0]["address"], items[1]["address"]);
    assert!(items.iter().all(|item| item["method"] == "password" && item["lastUsed"].is_string()));
    let secrets = [&first.refresh, &second.refresh, &first.access];
    assert!(secrets.iter().all(|secret| !list.to_string().contains(*secret)), "no token in the list");
    app.advance(jiff::SignedDuration::from_mins(5));
    let first = alive(&app, &first).await;
    let list = app.with_token(&first).get("/api/v1/auth/sessions").await.expect(200).body;
    assert!(list["items"][1]["lastUsed"].as_str() > list["items"][0]["lastUsed"].as_str(), "used since");
}

#[tokio::test]
async fn t08_a_suspended_person_is_out_at_the_next_request() {
    let app = App::identity().await;
    let (one, two) = (app.sample_login(ADMIN).await, app.sample_login(ADMIN).await);
    alive(&app, &one).await;
    suspend(&app, ADMIN).await;
    over(&app, &one, "suspended").await;
    over(&app, &two, "suspended").await;
}

#[tokio::test]
async fn t08_a_change_of_password_ends_all_other_sessions() {
    let app = App::identity().await;
    let (mine, other) = (app.newcomer(KIM).await, app.login(KIM).await);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    app.with_token(&mine).post("/api/v1/auth/password", &body).await.expect(204);
    over(&app, &other, "password changed elsewhere").await;
    let mine = alive(&app, &mine).await;
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(401);
    let again = Tokens::of(&app.try_login(&app.anonymous(), KIM, NEW).await.expect(200));
    app.anonymous().post("/api/v1/auth/forgot-password", &json!({ "email": KIM })).await.expect(202);
    let token = app.link(KIM, "reset-password", 1).await;
    let body = json!({ "token": token, "password": PASSWORD });
    app.anonymous().post("/api/v1/auth/reset-password", &body).await.expect(204);
    over(&app, &mine, "password reset").await;
    over(&app, &again, "password reset").await;
    alive(&app, &app.login(KIM).await).await;
}

fn held(role: &str) -> AttributeValue {
    AttributeValue::L(vec![AttributeValue::S(role.into())])
}

async fn change_member(app: &App, email: &str, update: &str, value: Option<AttributeValue>) {
    let user = person(app, email).await.id;
    let row = app.client().update_item().table_name(app.stack.table_name());
    let row = row
        .key("PK", AttributeValue::S(format!("T#{}", app.stack.sample().tenant.id)))
        .key("SK", AttributeValue::S(format!("MEMBER#{user}")))
        .update_expression(update)
        .set_expression_attribute_values(value.map(|value| [(":value".to_owned(), value)].into()));
    let names = [("#roles", "roles"), ("#suspended", "suspended")];
    let needed = names.into_iter().filter(|(name, _)| update.contains(name));
    let names = needed.map(|(name, field)| (name.to_owned(), field.to_owned())).collect();
    row.set_expression_attribute_names(Some(names)).send().await.unwrap();
}

fn new_hire() -> Value {
    json!({ "givenName": "Ada", "familyName": "New", "personalEmail": "ada.new@example.org" })
}

#[tokio::test]
async fn t08_a_demotion_and_a_suspended_membership_count_from_the_next_request() {
    let app = App::identity().await;
    let tokens = app.sample_login(ADMIN).await;
    let actor = app.with_token(&tokens);
    let made = actor.post("/api/hires", &new_hire()).await.expect(201).body;
    let mine = format!("/api/hires/{}", made["id"].as_str().unwrap());
    let unknown = ["/api/hires/hire_00000000000000000000000000", "/api/provision/jobs/none"];
    change_member(&app, ADMIN, "SET #roles = :value", Some(held("member"))).await;
    assert_eq!(actor.post("/api/hires", &new_hire()).await.expect(403).code(), "forbidden");
    actor.get("/api/hires").await.expect(200);
    actor.get(&mine).await.expect(200);
    let context = actor.get("/api/auth/context").await.expect(200).body;
    assert_eq!(context["tenant"]["roles"], json!(["member"]));
    change_member(&app, ADMIN, "SET #roles = :value", Some(held("unknown_role"))).await;
    // Whether there is such a thing is not told to who may not see it.
    for path in ["/api/hires", mine.as_str(), unknown[0], unknown[1]] {
        assert_eq!(actor.get(path).await.expect(403).code(), "forbidden", "{path}");
    }
    let now = AttributeValue::S(app.world.now().to_string());
    change_member(&app, ADMIN, "SET #suspended = :value", Some(now)).await;
    actor.get("/api/hires").await.expect(401);
    actor.get("/api/v1/auth/me").await.expect(200);
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
    assert_eq!(parts(&next.access).1.get("tenant"), None, "no token for a tenant that is closed to them");
}

#[tokio::test]
async fn t08_a_removed_member_is_out_at_the_next_request() {
    let app = App::identity().await;
    let tokens = app.sample_login(ADMIN).await;
    let user = person(&app, ADMIN).await.id;
    let tenant = app.stack.sample().tenant.id;
    let row = app.client().delete_item().table_name(app.stack.table_name());
    let row = row.key("PK", AttributeValue::S(format!("T#{tenant}")));
    row.key("SK", AttributeValue::S(format!("MEMBER#{user}"))).send().await.unwrap();
    let actor = app.with_token(&tokens);
    for path in ["/api/hires", "/api/provision/jobs"] {
        assert_eq!(shape(&actor.get(path).await), shape(&app.anonymous().get(path).await), "{path}");
    }
    assert_eq!(actor.get("/api/auth/context").await.expect(200).body["tenant"], Value::Null);
    let back = json!({ "tenant": tenant });
    actor.post("/api/auth/context/switch", &back).await.expect(404);
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
    assert_eq!(parts(&next.access).1.get("tenant"), None);
    let again = app.sample_login(ADMIN).await;
    assert_eq!(parts(&again.access).1.get("tenant"), None, "a new sign-in does not bring it back");
    app.with_token(&again).get("/api/hires").await.expect(403);
}
