//! One person, several tenants: switching, where sessions begin, leaving.

use std::collections::BTreeMap;

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_domain::{Email, EndpointId, PermissionSet, RoleName, TenantId};
use vestibule_store::SeedTenant;
use vestibule_tests::{
    Actor, Answer, App,
    identity::{Tokens, shape},
};

use crate::{behind::person, forge::parts};

const ADMIN: &str = "admin@test-brand.local";
const MEMBER: &str = "member@test-brand.local";
const SUPER: &str = "super@test.local";
/// Rounds in which two administrators leave at once.
const ROUNDS: usize = 200;

async fn switch(actor: &Actor, tenant: impl ToString) -> Answer {
    actor.post("/api/auth/context/switch", &json!({ "tenant": tenant.to_string() })).await
}

async fn choose(actor: &Actor, tenant: Value) -> Answer {
    actor
        .send(actor.request(Method::PUT, "/api/auth/context/default").json(&json!({ "tenant": tenant })))
        .await
}

async fn leave(actor: &Actor, tenant: impl std::fmt::Display) -> Answer {
    actor.send(actor.request(Method::DELETE, &format!("/api/auth/context/tenants/{tenant}"))).await
}

fn tenant_of(tokens: &Tokens) -> String {
    parts(&tokens.access).1["tenant"].as_str().unwrap_or("none").to_owned()
}

fn new_hire() -> Value {
    json!({ "givenName": "Ada", "familyName": "New", "personalEmail": "ada.new@example.org" })
}

#[tokio::test]
async fn ten_2_switching_changes_role_and_data_without_a_new_sign_in() {
    let app = App::identity().await;
    let (first, second) = (app.stack.sample().tenant.id, app.stack.sample().second.id);
    let tokens = app.sample_login(MEMBER).await;
    let here = app.with_token(&tokens);
    assert_eq!(tenant_of(&tokens), first.to_string());
    here.post("/api/hires", &new_hire()).await.expect(403);
    let there = switch(&here, second).await.expect(200);
    assert!(there.body.get("refreshToken").is_none(), "the refresh token stays");
    let there = app.actor(there.body["accessToken"].as_str().map(str::to_owned));
    let made = there.post("/api/hires", &new_hire()).await.expect(201).body;
    let path = format!("/api/hires/{}", made["id"].as_str().unwrap());
    there.get(&path).await.expect(200);
    here.get(&path).await.expect(404);
    let context = there.get("/api/auth/context").await.expect(200).body;
    assert_eq!(
        (&context["tenant"]["slug"], &context["tenant"]["roles"]),
        (&json!("second-brand"), &json!(["admin"]))
    );
    let tokens = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
    assert_eq!(tenant_of(&tokens), second.to_string(), "the session goes along");
    let listed = there.get("/api/auth/context/tenants").await.expect(200).body;
    let listed: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|t| (&t["slug"], &t["roles"])).collect();
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&(&json!("test-brand"), &json!(["member"]))));
}

#[tokio::test]
async fn ten_2_new_sessions_begin_in_the_default_tenant_or_the_one_used_last() {
    let app = App::identity().await;
    let (first, second) =
        (app.stack.sample().tenant.id.to_string(), app.stack.sample().second.id.to_string());
    let actor = app.with_token(&app.sample_login(MEMBER).await);
    switch(&actor, &second).await.expect(200);
    assert_eq!(tenant_of(&app.sample_login(MEMBER).await), second, "used last");
    choose(&actor, json!(first)).await.expect(204);
    assert_eq!(tenant_of(&app.sample_login(MEMBER).await), first, "chosen");
    switch(&actor, &second).await.expect(200);
    assert_eq!(tenant_of(&app.sample_login(MEMBER).await), first, "chosen, whatever was used last");
    choose(&actor, json!(null)).await.expect(204);
    assert_eq!(tenant_of(&app.sample_login(MEMBER).await), second, "used last again");
}

#[tokio::test]
async fn ten_2_a_tenant_of_others_is_like_one_that_does_not_exist() {
    let app = App::identity().await;
    let second = app.stack.sample().second.id.to_string();
    let actor = app.with_token(&app.sample_login(ADMIN).await);
    let before = actor.get("/api/v1/auth/me").await.expect(200).body;
    let unknown = "ten_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let nothing = switch(&actor, unknown).await.expect(404);
    let user = person(&app, ADMIN).await.id.to_string();
    for tenant in [&*second, "second-brand", "", "x", &user, &format!("{second} "), "ten_01#MEMBER#"] {
        assert_eq!(shape(&switch(&actor, tenant).await), shape(&nothing), "switch to {tenant}");
        assert_eq!(shape(&choose(&actor, json!(tenant)).await), shape(&nothing), "default {tenant}");
    }
    for tenant in [&*second, unknown, "second-brand", "x"] {
        assert_eq!(shape(&leave(&actor, tenant).await), shape(&nothing), "leave {tenant}");
    }
    for value in [json!(1), json!([second]), json!({ "id": second }), json!(true)] {
        actor.post("/api/auth/context/switch", &json!({ "tenant": value })).await.expect(400);
    }
    let named = actor.request(Method::GET, "/api/auth/context").header("x-tenant-id", &second);
    assert_eq!(actor.send(named).await.expect(403).code(), "tenant_mismatch");
    assert_eq!(actor.get("/api/v1/auth/me").await.expect(200).body, before, "nothing changed");
}

#[tokio::test]
async fn ten_2_who_leaves_is_out_and_the_last_administrator_cannot() {
    let app = App::identity().await;
    let (first, second) = (app.stack.sample().tenant.id, app.stack.sample().second.id);
    let tokens = app.sample_login(MEMBER).await;
    let member = app.with_token(&tokens);
    assert_eq!(leave(&member, second).await.expect(409).code(), "wrong_state");
    choose(&member, json!(first)).await.expect(204);
    leave(&member, first).await.expect(204);
    member.get("/api/hires").await.expect(401);
    leave(&member, first).await.expect(404);
    switch(&member, first).await.expect(404);
    assert_eq!(tenant_of(&Tokens::of(&app.refresh(&tokens.refresh).await.expect(200))), "none");
    assert_ne!(tenant_of(&app.sample_login(MEMBER).await), first.to_string());
    let (admin, other) = (app.sample_login(ADMIN).await, app.sample_login(SUPER).await);
    leave(&app.with_token(&other), first).await.expect(204);
    assert_eq!(leave(&app.with_token(&admin), first).await.expect(409).code(), "wrong_state");
    app.with_token(&admin).post("/api/hires", &new_hire()).await.expect(201);
}

async fn led_by_two(app: &App) -> TenantId {
    let mut tenant = app.stack.sample().tenant.clone();
    (tenant.id, tenant.endpoint) = (TenantId::new(&app.world), Some(EndpointId::new(&app.world)));
    let id = tenant.id;
    (tenant.slug, tenant.domain) = (id.ulid().to_lowercase(), None);
    let mut members = Vec::new();
    for email in [ADMIN, SUPER] {
        members.push((
            person(app, email).await.id,
            Email::parse(email).unwrap(),
            RoleName::parse("admin").unwrap(),
        ));
    }
    let roles = BTreeMap::from([("admin".to_owned(), PermissionSet::all())]);
    let seed = SeedTenant { tenant, provider: "docusign".into(), roles, members, users: Vec::new() };
    app.stack.store().platform().create_tenant(&seed).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_2_two_administrators_who_leave_at_once_never_leave_a_tenant_alone() {
    let app = App::identity().await;
    let people =
        [app.sample_login(ADMIN).await, app.sample_login(SUPER).await].map(|tokens| app.with_token(&tokens));
    let ids = [person(&app, ADMIN).await.id, person(&app, SUPER).await.id];
    let mut both_refused = 0;
    for round in 0..ROUNDS {
        let tenant = led_by_two(&app).await;
        let answers = join_all(people.iter().map(|actor| leave(actor, tenant))).await;
        let left = answers.iter().filter(|answer| answer.status == 204).count();
        assert!(answers.iter().all(|answer| [204, 409].contains(&answer.status)), "round {round}");
        assert!(left < 2, "round {round}: nobody is left");
        both_refused += usize::from(left == 0);
        let platform = app.stack.store().platform();
        let still = join_all(ids.map(|id| platform.find_membership(tenant, id))).await;
        assert_eq!(still.iter().filter(|found| found.as_ref().unwrap().is_some()).count(), 2 - left);
    }
    println!(
        "{ROUNDS} rounds of two administrators leaving at once: never 0, {both_refused} times both refused"
    );
}
