//! Who may confirm an address: not whoever gets the mail, but the one who asked for it.

use reqwest::{Method, header::SET_COOKIE};
use serde_json::{Value, json};
use vestibule_tests::identity::{PASSWORD, shape};
use vestibule_tests::{Actor, Answer, App};

use crate::behind::{counters, row};

const VICTIM: &str = "victim@example.org";
const THEIRS: &str = "velvet anchor plum tractor";

async fn register(app: &App, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password, "name": "Kim Example" });
    app.anonymous().post("/api/v1/auth/register", &body).await.expect(202)
}

async fn verify(app: &App, body: Value) -> Answer {
    app.anonymous().post("/api/v1/auth/verify-email", &body).await
}

async fn press(actor: &Actor, page: &str, fields: &[(&str, &str)], cookie: Option<&str>) -> Answer {
    let request = actor.request(Method::POST, &format!("/auth/{page}")).form(fields);
    let request = request.header("sec-fetch-site", "same-origin");
    actor.send(cookie.into_iter().fold(request, |request, value| request.header("cookie", value))).await
}

fn receipt(answer: &Answer) -> &str {
    answer.body["receipt"].as_str().unwrap()
}

fn cookie(answer: &Answer) -> &str {
    answer.headers[SET_COOKIE].to_str().unwrap()
}

/// The cookie as a browser sends it back.
fn pair(answer: &Answer) -> String {
    cookie(answer).split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn i05_a_mail_that_somebody_else_caused_opens_no_account_for_them() {
    let app = App::identity().await;
    register(&app, VICTIM, PASSWORD).await;
    let caused = app.link(VICTIM, "verify-email", 1).await;
    let own = register(&app, VICTIM, THEIRS).await;
    let wanted = app.link(VICTIM, "verify-email", 2).await;
    let browser = app.anonymous();
    let jar = pair(&own);
    for proof in [json!({}), json!({ "receipt": receipt(&own) }), json!({ "receipt": "" })] {
        let mut body = proof.clone();
        body["token"] = json!(caused);
        let answer = verify(&app, body).await.expect(422);
        assert_eq!((answer.code(), answer.fields()), ("invalid", vec!["password"]), "{proof}");
    }
    let guess = verify(&app, json!({ "token": caused, "password": THEIRS })).await.expect(401);
    assert_eq!(guess.code(), "credentials_invalid");
    let asked = press(&browser, "verify-email", &[("token", &caused)], Some(&jar)).await.expect(200);
    assert!(asked.text.contains("Was it you who asked?") && asked.text.contains(&caused), "{}", asked.text);
    let wrong = press(&browser, "verify-email", &[("token", &caused), ("password", THEIRS)], Some(&jar))
        .await
        .expect(422);
    assert!(wrong.text.contains("id=\"password-problem\"") && !wrong.text.contains(THEIRS), "{}", wrong.text);
    assert!(!row(&app, VICTIM).await.contains_key("user"), "nothing was made");
    assert_eq!(counters(&app, VICTIM).await.failures, 2, "guesses count like sign-ins");

    press(&browser, "verify-email", &[("token", &wanted)], Some(&jar)).await.expect(200);
    app.try_login(&browser, VICTIM, THEIRS).await.expect(200);
    app.try_login(&browser, VICTIM, PASSWORD).await.expect(401);
    app.verify(&caused, PASSWORD).await.expect(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn i05_the_receipt_opens_the_link_in_the_body_and_as_a_cookie() {
    let app = App::identity().await;
    let answer = register(&app, VICTIM, PASSWORD).await;
    let set = cookie(&answer);
    for part in
        ["__Host-vestibule-receipt=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=86400"]
    {
        assert!(set.contains(part), "{set}");
    }
    let token = app.link(VICTIM, "verify-email", 1).await;
    verify(&app, json!({ "token": "AAAA", "receipt": receipt(&answer) })).await.expect(400);
    verify(&app, json!({ "token": token, "receipt": receipt(&answer) })).await.expect(200);

    let known = register(&app, VICTIM, PASSWORD).await;
    assert_eq!(shape(&known), shape(&answer), "an address with an account has a receipt too");
    let other = register(&app, "other@example.org", PASSWORD).await;
    assert_ne!(receipt(&other), receipt(&known));
    let token = app.link("other@example.org", "verify-email", 1).await;
    let anyone = app.anonymous();
    let request = anyone.request(Method::POST, "/api/v1/auth/verify-email").json(&json!({ "token": token }));
    anyone.send(request.header("cookie", pair(&other))).await.expect(200);
    app.login("other@example.org").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_mail_that_somebody_else_caused_moves_no_address() {
    let app = App::identity().await;
    let thief = app.with_token(&app.newcomer("thief@example.org").await);
    let change = async |to: &str| {
        let body = json!({ "email": to, "password": PASSWORD });
        thief.post("/api/v1/auth/email", &body).await.expect(202)
    };
    let elsewhere = change("elsewhere@example.org").await;
    let wanted = change(VICTIM).await;
    let own = register(&app, VICTIM, THEIRS).await;
    let token = app.link(VICTIM, "confirm-email", 1).await;
    let confirm = async |proof: Value| {
        let mut body = proof;
        body["token"] = json!(token);
        app.anonymous().post("/api/v1/auth/email/confirm", &body).await
    };
    for proof in [json!({}), json!({ "receipt": receipt(&own) }), json!({ "receipt": receipt(&elsewhere) })] {
        let answer = confirm(proof.clone()).await.expect(422);
        assert_eq!((answer.code(), answer.fields()), ("invalid", vec!["password"]), "{proof}");
    }
    let browser = app.anonymous();
    let asked = press(&browser, "confirm-email", &[("token", &token)], Some(&pair(&own))).await.expect(200);
    assert!(asked.text.contains("Was it you who asked?"), "{}", asked.text);
    let typed = [("token", token.as_str()), ("password", THEIRS)];
    press(&browser, "confirm-email", &typed, None).await.expect(422);
    for _ in 0..4 {
        assert_eq!(confirm(json!({ "password": THEIRS })).await.expect(401).code(), "credentials_invalid");
    }
    assert_eq!(counters(&app, "thief@example.org").await.failures, 5, "guesses count like sign-ins");
    confirm(json!({ "password": PASSWORD })).await.expect(401);
    assert!(!row(&app, VICTIM).await.contains_key("user"), "nothing moved");

    confirm(json!({ "receipt": receipt(&wanted) })).await.expect(204);
    assert_eq!(thief.get("/api/v1/auth/me").await.expect(200).body["email"], VICTIM);
}
