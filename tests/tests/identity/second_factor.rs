//! The second factor: setting it up, using it once, tenants that ask for it.

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use vestibule_domain::SecuritySettings;
use vestibule_tests::identity::{PASSWORD, Tokens};
use vestibule_tests::{Actor, App};

use crate::behind::{code, counters, second_step, set_up_totp, tenant_for, ticket, wrong_code};

const KIM: &str = "kim@example.org";

async fn begin(actor: &Actor, password: &str) -> vestibule_tests::Answer {
    actor.post("/api/v1/auth/totp", &json!({ "password": password })).await
}

/// Lets the codes used so far be old.
fn later(app: &App) {
    app.advance(SignedDuration::from_secs(90));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_counts_once_a_first_code_has_shown_it() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let mine = app.with_token(&tokens);
    let confirm = |code: String| {
        let mine = mine.clone();
        async move { mine.post("/api/v1/auth/totp/confirm", &json!({ "code": code })).await }
    };
    assert_eq!(begin(&mine, "not the password").await.expect(401).code(), "credentials_invalid");
    mine.post("/api/v1/auth/totp", &json!({})).await.expect(401);
    assert_eq!(confirm("000000".into()).await.expect(409).code(), "wrong_state");
    let first = begin(&mine, PASSWORD).await.expect(200);
    let begun = begin(&mine, PASSWORD).await.expect(200);
    let (old, secret) = (first.body["secret"].as_str().unwrap(), begun.body["secret"].as_str().unwrap());
    assert_ne!(old, secret);
    assert!(begun.body["otpauthUrl"].as_str().unwrap().contains(secret));
    assert!(begun.body["qrSvg"].as_str().unwrap().starts_with("<svg "));
    // Until then a password is enough.
    app.login(KIM).await;
    for wrong in [wrong_code(&app, secret), code(&app, old, 0), code(&app, secret, 5), String::new()] {
        let answer = confirm(wrong.clone()).await.expect(422);
        assert_eq!(answer.fields(), ["code"], "{wrong}");
    }
    let codes = confirm(code(&app, secret, 0)).await.expect(200);
    assert_eq!(codes.body["recoveryCodes"].as_array().unwrap().len(), 10);
    assert_eq!(confirm(code(&app, secret, 1)).await.expect(409).code(), "wrong_state");
    assert_eq!(begin(&mine, PASSWORD).await.expect(409).code(), "wrong_state");
    let me = mine.get("/api/v1/auth/me").await.expect(200).body;
    assert_eq!((&me["secondFactor"], &me["recoveryCodes"]), (&json!(true), &json!(10)));
    ticket(&app, KIM).await;
    for row in app.dump().await {
        assert!(!row.contains(secret), "the secret is sealed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_and_only_now() {
    let app = App::identity().await;
    let (secret, _) = set_up_totp(&app, &app.newcomer(KIM).await).await;
    let anyone = app.anonymous();
    // The code that confirmed the set-up was used by it.
    let spent = code(&app, &secret, 0);
    second_step(&anyone, &ticket(&app, KIM).await, &spent).await.expect(401);
    later(&app);
    let right = code(&app, &secret, 0);
    let first = ticket(&app, KIM).await;
    let tokens = Tokens::of(&second_step(&anyone, &first, &right).await.expect(200));
    app.with_token(&tokens).get("/api/v1/auth/me").await.expect(200);
    let again = ticket(&app, KIM).await;
    for late in [right, code(&app, &secret, -1), code(&app, &secret, 3)] {
        second_step(&anyone, &again, &late).await.expect(401);
    }
    // A ticket counts for five minutes, and not for another person's code.
    later(&app);
    let old = ticket(&app, KIM).await;
    app.advance(SignedDuration::from_secs(301));
    second_step(&anyone, &old, &code(&app, &secret, 0)).await.expect(401);
    let (other, _) = set_up_totp(&app, &app.newcomer("other@example.org").await).await;
    app.advance(SignedDuration::from_mins(16));
    let mixed = ticket(&app, KIM).await;
    second_step(&anyone, &mixed, &code(&app, &other, 0)).await.expect(401);
    second_step(&anyone, &mixed, &code(&app, &secret, 0)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_sent_four_times_at_once_opens_one_session() {
    let app = App::identity().await;
    let (secret, recovery) = set_up_totp(&app, &app.newcomer(KIM).await).await;
    let anyone = app.anonymous();
    for (round, recovery) in recovery.iter().take(6).enumerate() {
        app.advance(SignedDuration::from_mins(16));
        let ticket = ticket(&app, KIM).await;
        let code = if round % 2 == 0 { code(&app, &secret, 0) } else { recovery.clone() };
        let all = join_all((0..4).map(|_| second_step(&anyone, &ticket, &code))).await;
        let opened: Vec<_> = all.iter().filter(|answer| answer.status == 200).map(Tokens::of).collect();
        assert_eq!(opened.len(), 1, "round {round}: {:?}", all.iter().map(|a| a.status).collect::<Vec<_>>());
        assert!(all.iter().all(|answer| matches!(answer.status, 200 | 401)), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_and_new_ones_end_the_old() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let (secret, codes) = set_up_totp(&app, &tokens).await;
    let anyone = app.anonymous();
    let typed = codes[0].to_lowercase().replace('-', " ");
    let opened = Tokens::of(&second_step(&anyone, &ticket(&app, KIM).await, &typed).await.expect(200));
    second_step(&anyone, &ticket(&app, KIM).await, &codes[0]).await.expect(401);
    let mine = app.with_token(&opened);
    assert_eq!(mine.get("/api/v1/auth/me").await.expect(200).body["recoveryCodes"], 9);
    let path = "/api/v1/auth/recovery-codes";
    let ask = |password: &str, code: &str| json!({ "password": password, "code": code });
    mine.post(path, &ask("not the password", &codes[2])).await.expect(401);
    mine.post(path, &ask(PASSWORD, &wrong_code(&app, &secret))).await.expect(401);
    let renewed = mine.post(path, &ask(PASSWORD, &codes[2])).await.expect(200);
    let fresh: Vec<String> = serde_json::from_value(renewed.body["recoveryCodes"].clone()).unwrap();
    assert!(fresh.len() == 10 && fresh.iter().all(|code| !codes.contains(code)));
    second_step(&anyone, &ticket(&app, KIM).await, &codes[1]).await.expect(401);
    second_step(&anyone, &ticket(&app, KIM).await, &fresh[0]).await.expect(200);
    for row in app.dump().await {
        assert!(!fresh.iter().chain(&codes).any(|code| row.contains(code)), "only hashes are kept");
    }
    // Taking the factor away needs both proofs.
    later(&app);
    let remove = |password: &str, code: String| {
        let (mine, body) = (mine.clone(), json!({ "password": password, "code": code }));
        async move { mine.post("/api/v1/auth/totp/remove", &body).await }
    };
    remove(PASSWORD, wrong_code(&app, &secret)).await.expect(401);
    remove("not the password", code(&app, &secret, 0)).await.expect(401);
    ticket(&app, KIM).await;
    app.advance(SignedDuration::from_mins(10));
    remove(PASSWORD, code(&app, &secret, 0)).await.expect(204);
    app.login(KIM).await;
    assert_eq!(remove(PASSWORD, fresh[1].clone()).await.expect(409).code(), "wrong_state");
    assert_eq!(mine.post(path, &ask(PASSWORD, "000000")).await.expect(409).code(), "wrong_state");
    assert_eq!(counters(&app, KIM).await.failures, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_to_the_second_factor_is_told_by_mail_and_nothing_else_is() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(KIM).await);
    // Set-ups that come to nothing are not told.
    begin(&mine, PASSWORD).await.expect(200);
    mine.post("/api/v1/auth/totp/confirm", &json!({ "code": "000000" })).await.expect(422);
    mine.post("/api/v1/auth/totp/remove", &json!({ "password": PASSWORD, "code": "" })).await.expect(204);
    let (_, codes) = set_up_totp(&app, &app.login(KIM).await).await;
    let told = async |words: &str, count: usize| {
        let mail = app.mail_to(KIM, count).await;
        let text = mail.text.unwrap();
        assert!(text.contains(&format!("Change: {words}\n")), "{text}");
        assert!(text.contains("127.0.0.") && !text.contains("token="), "{text}");
        assert!(!codes.iter().any(|code| text.contains(code)));
    };
    told("a second factor was added", 2).await;
    let anyone = app.anonymous();
    let opened = second_step(&anyone, &ticket(&app, KIM).await, &codes[0]).await.expect(200);
    told("a recovery code was used; 9 left", 3).await;
    let mine = app.with_token(&Tokens::of(&opened));
    let ask = |code: &str| json!({ "password": PASSWORD, "code": code });
    mine.post("/api/v1/auth/recovery-codes", &ask("nothing like a code")).await.expect(401);
    let renewed = mine.post("/api/v1/auth/recovery-codes", &ask(&codes[1])).await.expect(200);
    told("new recovery codes replaced the old ones", 4).await;
    let code = renewed.body["recoveryCodes"][0].as_str().unwrap();
    mine.post("/api/v1/auth/totp/remove", &ask(code)).await.expect(204);
    told("the second factor was removed", 5).await;
    app.mails_settled().await;
    assert_eq!(app.mails_to(KIM).len(), 5, "the proof of the address and four notices");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_asks_for_a_second_factor_is_closed_without_one() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let security = SecuritySettings { second_factor: true, ..SecuritySettings::default() };
    let tenant = tenant_for(&app, KIM, security).await.to_string();
    let switch = |actor: Actor| {
        let body = json!({ "tenant": tenant });
        async move { actor.post("/api/auth/context/switch", &body).await.expect(200) }
    };
    let switched = switch(app.with_token(&tokens)).await;
    let weak = app.with_token(&Tokens { access: text(&switched, "accessToken"), ..tokens.clone() });
    let hire = json!({ "givenName": "A", "familyName": "B", "personalEmail": "a@example.org" });
    for _ in 0..2 {
        assert_eq!(weak.get("/api/hires").await.expect(403).code(), "second_factor_required");
        assert_eq!(weak.get("/api/provision/jobs").await.expect(403).code(), "second_factor_required");
        assert_eq!(weak.get("/api/hires/none").await.expect(403).code(), "second_factor_required");
        assert_eq!(weak.post("/api/hires", &hire).await.expect(403).code(), "second_factor_required");
        // What is the person's own stays open, or they could never set one up.
        let context = weak.get("/api/auth/context").await.expect(200);
        assert_eq!(context.body["tenant"]["secondFactorMissing"], true);
        weak.get("/api/v1/auth/me").await.expect(200);
        let refreshed = app.refresh(&app.login(KIM).await.refresh).await.expect(200);
        let fresh = app.with_token(&Tokens::of(&refreshed));
        assert_eq!(fresh.get("/api/hires").await.expect(403).code(), "second_factor_required");
    }
    let (secret, codes) =
        set_up_totp(&app, &Tokens { access: text(&switched, "accessToken"), ..tokens }).await;
    weak.get("/api/hires").await.expect(200);
    weak.post("/api/hires", &hire).await.expect(201);
    later(&app);
    for proof in [code(&app, &secret, 0), codes[0].clone()] {
        let opened = second_step(&app.anonymous(), &ticket(&app, KIM).await, &proof).await.expect(200);
        let strong = app.with_token(&Tokens::of(&opened));
        strong.get("/api/hires").await.expect(200);
    }
}

fn text(answer: &vestibule_tests::Answer, name: &str) -> String {
    answer.body[name].as_str().unwrap().to_owned()
}
