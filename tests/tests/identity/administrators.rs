//! A01, A04, P05 for administrators of the platform: their sign-in tells strangers nothing, and a grant counts as long as it is
//! there.

use serde_json::{Value, json};
use vestibule_auth::Grant;
use vestibule_tests::identity::{PASSWORD, Tokens, shape};
use vestibule_tests::{Actor, Answer, App};

use crate::behind::{code, counters, second_step, set_up_totp, suspend};

const LOGIN: &str = "/api/admin/login";
const AUDIT: &str = "/api/super-admin/audit";
const ADA: &str = "ada@example.org";
const WRONG: &str = "not the password at all";

async fn login(actor: &Actor, name: &str, value: &str, password: &str) -> Answer {
    actor.post(LOGIN, &json!({ name: value, "password": password })).await
}

/// Ada, a general administrator, with her user name; Kim, who is nobody here; Lou, a suspended administrator.
async fn people(app: &App) -> [String; 2] {
    let (ada, lou) = (app.newcomer(ADA).await, app.newcomer("lou@example.org").await);
    app.sign_up("kim@example.org").await;
    let mut names = Vec::new();
    for tokens in [ada, lou] {
        let user = app.with_token(&tokens).id().await;
        names.push(app.appoint(user, Grant::GeneralAdmin).await.username.as_str().to_owned());
    }
    suspend(app, "lou@example.org").await;
    names.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a01_whatever_is_wrong_with_an_administrators_sign_in_the_answer_is_the_same() {
    let app = App::identity_with(|options| {
        options.parameters.insert("SignInsPerMinute".into(), "5".into());
    })
    .await;
    let [ada, lou] = people(&app).await;
    app.next_minute();
    let told = |answer: &Answer| {
        let quota = answer.headers["ratelimit"].to_str().unwrap().split(";t=").next().unwrap().to_owned();
        (shape(answer), quota)
    };
    let wrong = login(&app.elsewhere(), "username", &ada, WRONG).await.expect(401);
    for (what, name, value, password) in [
        ("an unknown user name", "username", "nobody", WRONG),
        ("a suspended administrator's name", "username", lou.as_str(), PASSWORD),
        ("an unknown address", "email", "nobody@example.org", WRONG),
        ("an administrator's address", "email", "lou@example.org", PASSWORD),
        ("an account without a grant", "email", "kim@example.org", PASSWORD),
    ] {
        // With the address the count of the address is told.
        app.next_minute();
        let answer = login(&app.elsewhere(), name, value, password).await;
        assert_eq!(told(&answer), told(&wrong), "{what}");
    }
    // What others try with the address behind a name is not told with the name.
    let other = login(&app.elsewhere(), "username", "somebody", WRONG).await.expect(401);
    app.next_minute();
    for _ in 0..3 {
        app.try_login(&app.elsewhere(), ADA, WRONG).await.expect(401);
    }
    let again = login(&app.elsewhere(), "username", &ada, WRONG).await.expect(401);
    assert_eq!(told(&again), told(&other));
}

#[tokio::test(flavor = "multi_thread")]
async fn a04_failures_with_a_user_name_lock_the_address_everywhere() {
    let app = App::identity().await;
    let [ada, _] = people(&app).await;
    let unknown = login(&app.anonymous(), "username", "nobody", WRONG).await.expect(401);
    for _ in 0..5 {
        login(&app.anonymous(), "username", &ada, WRONG).await.expect(401);
        login(&app.anonymous(), "username", "nobody", WRONG).await.expect(401);
    }
    assert_eq!(counters(&app, ADA).await.failures, 5);
    for answer in [
        login(&app.anonymous(), "username", &ada, PASSWORD).await,
        login(&app.anonymous(), "email", ADA, PASSWORD).await,
        app.try_login(&app.anonymous(), ADA, PASSWORD).await,
        login(&app.anonymous(), "username", "nobody", PASSWORD).await,
    ] {
        assert_eq!(shape(&answer), shape(&unknown));
    }
    app.mail_to(ADA, 2).await;
    app.mails_settled().await;
    let nobodys = app.stack.cloud().mailer().sent().unwrap();
    assert!(nobodys.iter().all(|mail| mail.to.iter().all(|to| !to.ends_with(".invalid"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_signs_in_outside_of_any_tenant_and_a_taken_grant_counts_at_once() {
    let app = App::identity().await;
    let tokens = app.newcomer(ADA).await;
    let user = app.with_token(&tokens).id().await;
    let tenant = app.stack.sample().tenant.id;
    app.join(tenant, user, ADA, "admin").await;
    let granted = app.appoint(user, Grant::PromoAdmin).await;
    // Where she works does not decide where she administers.
    let at_home =
        app.with_token(&Tokens::of(&app.try_login(&app.anonymous(), ADA, PASSWORD).await.expect(200)));
    at_home.post("/api/auth/context/switch", &json!({ "tenant": tenant })).await.expect(200);
    let name = granted.username.as_str().to_uppercase();
    let ada =
        app.with_token(&Tokens::of(&login(&app.anonymous(), "username", &name, PASSWORD).await.expect(200)));
    assert_eq!(ada.get("/api/hires").await.expect(403).code(), "tenant_required");
    ada.get(AUDIT).await.expect(200);
    app.dismiss(&granted).await;
    let refused = ada.get(AUDIT).await.expect(403);
    assert_eq!(refused.code(), "forbidden");
    assert!(refused.text.contains("`super_admin` or `general_admin` or `promo_admin`"), "{}", refused.text);
    ada.get("/api/v1/auth/me").await.expect(200);
    login(&app.anonymous(), "username", &name, PASSWORD).await.expect(401);
    login(&app.anonymous(), "email", ADA, PASSWORD).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_second_factor_is_asked_for_a_password_alone_administers_nothing() {
    let app = App::identity_with(|options| {
        options.parameters.insert("AdminSecondFactor".into(), "true".into());
    })
    .await;
    let tokens = app.newcomer(ADA).await;
    let user = app.with_token(&tokens).id().await;
    let tenant = app.stack.sample().tenant.id;
    app.join(tenant, user, ADA, "admin").await;
    app.with_token(&tokens).post("/api/auth/context/switch", &json!({ "tenant": tenant })).await.expect(200);
    app.appoint(user, Grant::SuperAdmin).await;
    let weak = Tokens::of(&login(&app.anonymous(), "email", ADA, PASSWORD).await.expect(200));
    assert_eq!(app.with_token(&weak).get(AUDIT).await.expect(403).code(), "second_factor_required");
    let (secret, _) = set_up_totp(&app, &weak).await;
    app.advance(jiff::SignedDuration::from_secs(60));
    let asked = login(&app.anonymous(), "email", ADA, PASSWORD).await.expect(200);
    let ticket = asked.body["secondFactor"]["ticket"].as_str().unwrap();
    let strong = second_step(&app.anonymous(), ticket, &code(&app, &secret, 0)).await.expect(200);
    let strong = app.with_token(&Tokens::of(&strong));
    strong.get(AUDIT).await.expect(200);
    assert_eq!(strong.get("/api/hires").await.expect(403).code(), "tenant_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_a_sign_in_names_one_person_and_nothing_else() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    for (body, field) in [
        (json!({ "password": PASSWORD }), "username"),
        (json!({ "username": "ada", "email": ADA, "password": PASSWORD }), "username"),
        (json!({ "username": "ada@example.org", "password": PASSWORD }), "username"),
        (json!({ "email": "ada", "password": PASSWORD }), "email"),
    ] {
        assert_eq!(anyone.post(LOGIN, &body).await.expect(400).fields(), [field]);
    }
    for more in ["grant", "role", "tenant"] {
        let mut body = json!({ "username": "ada", "password": PASSWORD });
        body[more] = Value::from("super_admin");
        anyone.post(LOGIN, &body).await.expect(400);
    }
}
