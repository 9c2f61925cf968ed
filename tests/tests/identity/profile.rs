//! Signing up, the profile and its errors, over HTTP.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::identity::{PASSWORD, Tokens, shape};
use vestibule_tests::{Actor, Answer, App};

use crate::behind::{counters, row};

const KIM: &str = "kim@example.org";
const OTHER: &str = "velvet anchor plum tractor";

async fn register(actor: &Actor, email: &str, password: &str, name: &str) -> Answer {
    let body = json!({ "email": email, "password": password, "name": name });
    actor.post("/api/v1/auth/register", &body).await
}

async fn update(actor: &Actor, body: &Value) -> Answer {
    actor.send(actor.request(Method::PATCH, "/api/v1/auth/me").json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_a_registration_says_which_fields_cannot_be_used() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    for (email, password, name, fields) in [
        ("not an address", PASSWORD, "Kim", vec!["email"]),
        (KIM, PASSWORD, "", vec!["name"]),
        (KIM, PASSWORD, &"n".repeat(61), vec!["name"]),
        ("", PASSWORD, "Kim\r\nBcc: x@example.org", vec!["email", "name"]),
        (KIM, "short", "Kim", vec!["password"]),
        (KIM, "passwordpassword", "Kim", vec!["password"]),
        (KIM, "kim example kim example", "Kim Example", vec!["password"]),
        (KIM, "vestibule-vestibule", "Kim", vec!["password"]),
        (KIM, "kim@example.org", "Kim", vec!["password"]),
    ] {
        let answer = register(&anyone, email, password, name).await.expect(422);
        assert_eq!((answer.code(), answer.fields()), ("invalid", fields), "{email} {name}");
        assert!(!answer.text.contains(password), "a password is not sent back");
    }
    for field in ["role", "status", "tenant", "epoch", "id", "secondFactor", "verified"] {
        let mut body = json!({ "email": KIM, "password": PASSWORD, "name": "Kim" });
        body[field] = json!("admin");
        let answer = anyone.post("/api/v1/auth/register", &body).await.expect(400);
        assert_eq!(answer.fields(), [field]);
    }
    app.mails_settled().await;
    assert!(app.mails_to(KIM).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_exists_of_a_person_before_the_address_is_proved() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    register(&anyone, KIM, PASSWORD, "Kim Example").await.expect(202);
    let first = app.link(KIM, "verify-email", 1).await;
    assert!(!row(&app, KIM).await.contains_key("user"));
    app.try_login(&anyone, KIM, PASSWORD).await.expect(401);
    anyone.post("/api/v1/auth/forgot-password", &json!({ "email": KIM })).await.expect(202);
    anyone.post("/api/v1/auth/magic-link", &json!({ "email": KIM })).await.expect(202);
    // Another attempt has a link and a password of its own.
    register(&anyone, KIM, OTHER, "Somebody Else").await.expect(202);
    let second = app.link(KIM, "verify-email", 2).await;
    app.mails_settled().await;
    assert_eq!(app.mails_to(KIM).len(), 2, "no other mails to an address without an account");
    let used = app.verify("AAAA", PASSWORD).await.expect(400);
    let made = app.verify(&first, PASSWORD).await.expect(200);
    assert_eq!(made.body["status"], "active");
    for token in [&first, &second] {
        assert_eq!(shape(&app.verify(token, OTHER).await), shape(&used));
    }
    app.try_login(&anyone, KIM, OTHER).await.expect(401);
    let me = app.with_token(&app.login(KIM).await).get("/api/v1/auth/me").await.expect(200);
    assert_eq!((&me.body["id"], &me.body["name"]), (&made.body["id"], &json!("Kim Example")));
    assert_eq!((&me.body["status"]["state"], &me.body["tenant"]), (&json!("active"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_an_address_counts_for_a_day() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    register(&anyone, KIM, PASSWORD, "Kim").await.expect(202);
    let token = app.link(KIM, "verify-email", 1).await;
    app.advance(SignedDuration::from_hours(25));
    app.verify(&token, PASSWORD).await.expect(400);
    app.try_login(&anyone, KIM, PASSWORD).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_a_profile_takes_a_name_and_nothing_else() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    let before = mine.get("/api/v1/auth/me").await.expect(200).body;
    for field in [
        "email",
        "id",
        "status",
        "epoch",
        "version",
        "secondFactor",
        "recoveryCodes",
        "connections",
        "tenant",
        "defaultTenant",
        "session",
        "created",
        "password",
        "totp",
        "role",
    ] {
        let answer = update(&mine, &json!({ "name": "Changed", field: before[field] })).await.expect(400);
        assert_eq!((answer.code(), answer.fields()), ("body_invalid", vec![field]));
    }
    for name in ["", "  ", "a\nb", "n".repeat(61).as_str()] {
        let answer = update(&mine, &json!({ "name": name })).await.expect(422);
        assert_eq!(answer.fields(), ["name"], "{name:?}");
    }
    for name in [json!(7), json!(["Kim"]), json!({})] {
        update(&mine, &json!({ "name": name })).await.expect(400);
    }
    assert_eq!(mine.get("/api/v1/auth/me").await.expect(200).body, before);
    assert_eq!(update(&mine, &json!({})).await.expect(200).body, before);
    let renamed = update(&mine, &json!({ "name": "Zoë van den Berg" })).await.expect(200);
    assert_eq!(renamed.body["name"], "Zoë van den Berg");
    assert_eq!(mine.get("/api/v1/auth/me").await.expect(200).body, renamed.body);
    for (method, path) in [(Method::GET, "me"), (Method::PATCH, "me"), (Method::GET, "sessions")] {
        let anyone = app.anonymous();
        let request = anyone.request(method, &format!("/api/v1/auth/{path}")).json(&json!({ "name": "X" }));
        assert_eq!(anyone.send(request).await.expect(401).code(), "unauthenticated", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_09_a_name_is_taken_as_its_script_spells_it_and_read_back() {
    let app = App::identity().await;
    let (anyone, path) = (app.anonymous(), "/api/v1/auth/me");
    let (joined, hidden) = ("\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}", "A\u{61c}b");
    let refused = register(&anyone, KIM, PASSWORD, hidden).await.expect(422);
    assert_eq!((refused.code(), refused.fields()), ("invalid", vec!["name"]));
    register(&anyone, KIM, PASSWORD, joined).await.expect(202);
    let token = app.link(KIM, "verify-email", 1).await;
    app.verify(&token, PASSWORD).await.expect(200);
    let mine = app.with_token(&app.login(KIM).await);
    assert_eq!(mine.get(path).await.expect(200).body["name"], joined);
    for name in ["Kim", joined] {
        assert_eq!(update(&mine, &json!({ "name": name })).await.expect(200).body["name"], name);
        assert_eq!(mine.get(path).await.expect(200).body["name"], name);
    }
    let refused = update(&mine, &json!({ "name": hidden })).await.expect(422);
    assert_eq!((refused.code(), refused.fields()), ("invalid", vec!["name"]));
    assert_eq!(mine.get(path).await.expect(200).body["name"], joined);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_to_unknown_providers_are_not_found() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    let path = "/api/v1/auth/connections";
    let missing = mine.get("/api/v1/auth/nothing-here").await.expect(404);
    assert_eq!(missing.status, 404);
    for provider in ["google", "", "../google", "Google", "a\nb", "constructor"] {
        let body = json!({ "provider": provider, "password": PASSWORD });
        for path in [path, "/api/v1/auth/connections/remove"] {
            assert_eq!(mine.post(path, &body).await.expect(404).code(), "not_found", "{provider:?}");
        }
        let social = json!({ "provider": provider });
        app.anonymous().post("/api/v1/auth/social-login", &social).await.expect(404);
    }
    let finish = json!({ "provider": "google", "code": "x", "state": "y", "attempt": "z" });
    let finished = mine.post(&format!("{path}/finish"), &finish).await;
    assert!(matches!(finished.status, 401 | 404), "{}", finished.text);
    for body in [json!({}), json!({ "provider": 1 }), json!({ "provider": "google", "user": "x" })] {
        mine.post(path, &body).await.expect(400);
        mine.post(&format!("{path}/remove"), &body).await.expect(400);
    }
    for path in [path, "/api/v1/auth/connections/remove"] {
        app.anonymous().post(path, &json!({ "provider": "google" })).await.expect(401);
    }
    assert_eq!(counters(&app, KIM).await.failures, 0);
    let me = mine.get("/api/v1/auth/me").await.expect(200);
    assert_eq!(me.body["connections"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_is_told_about_and_a_known_one_is_not() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let login = |agent: &'static str| {
        let anyone = app.anonymous();
        async move {
            let request = anyone.request(Method::POST, "/api/v1/auth/login").header("user-agent", agent);
            let body = json!({ "email": KIM, "password": PASSWORD });
            Tokens::of(&anyone.send(request.json(&body)).await.expect(200))
        }
    };
    login("first browser").await;
    login("first browser").await;
    login("another browser").await;
    app.mail_to(KIM, 2).await;
    login("another browser").await;
    app.mails_settled().await;
    let mails = app.mails_to(KIM);
    assert_eq!(mails.len(), 2, "one proof, one word about the other device");
    assert!(mails[1].text.as_deref().unwrap().contains("another browser"));
    assert!(!mails[1].text.as_deref().unwrap().contains("token="));
}
