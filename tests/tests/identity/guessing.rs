//! A01, A03, A05: what a stranger learns about addresses from sign-in, sign-up and mails.

use std::time::{Duration, Instant};

use serde_json::json;
use vestibule_tests::identity::{PASSWORD, shape};
use vestibule_tests::{Answer, App};

use crate::behind::{counters, fail, suspend};

const WRONG: &str = "not the password at all";
const OTHER: &str = "velvet anchor plum tractor";
/// Samples of each kind of sign-in that is timed.
const SAMPLES: usize = 24;

/// What is left of a minute, without the seconds until the next one.
fn left(answer: &Answer) -> String {
    let header = answer.headers["ratelimit"].to_str().unwrap();
    header.split(";t=").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a01_unknown_wrong_suspended_and_locked_answer_the_same() {
    let app = App::identity().await;
    for email in ["known@example.org", "suspended@example.org", "locked@example.org"] {
        app.sign_up(email).await;
    }
    suspend(&app, "suspended@example.org").await;
    fail(&app, "locked@example.org", 5).await;
    let anyone = app.anonymous();
    let unknown = app.try_login(&anyone, "unknown@example.org", WRONG).await.expect(401);
    assert_eq!(unknown.code(), "credentials_invalid");
    for (email, password) in [
        ("unknown@example.org", PASSWORD),
        ("known@example.org", WRONG),
        ("known@example.org", "x"),
        ("suspended@example.org", PASSWORD),
        ("suspended@example.org", WRONG),
        ("locked@example.org", PASSWORD),
        ("locked@example.org", WRONG),
    ] {
        let answer = app.try_login(&anyone, email, password).await;
        assert_eq!(shape(&answer), shape(&unknown), "{email} {password}");
        assert!(answer.headers.contains_key("ratelimit"), "{email}");
    }
    app.try_login(&anyone, "known@example.org", PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a01_the_limits_of_unknown_known_and_suspended_addresses_run_alike() {
    let app = App::identity_with(|options| {
        options.parameters.insert("SignInsPerMinute".into(), "5".into());
    })
    .await;
    app.sign_up("known@example.org").await;
    app.sign_up("suspended@example.org").await;
    suspend(&app, "suspended@example.org").await;
    app.next_minute();
    // Three in a minute, then the fifth failure and what the lock answers, then the minute's limit.
    for round in 0..9 {
        if round == 3 {
            app.next_minute();
        }
        let mut seen = Vec::new();
        for email in ["unknown@example.org", "known@example.org", "suspended@example.org"] {
            let answer = app.try_login(&app.elsewhere(), email, WRONG).await;
            let (status, mut headers, mut body) = shape(&answer);
            if status == 429 {
                headers.retain(|(name, _)| name != "retry-after");
                body.as_object_mut().unwrap().remove("detail");
            }
            seen.push((status, headers, body, left(&answer)));
        }
        assert_eq!(seen[1], seen[0], "known, round {round}");
        assert_eq!(seen[2], seen[0], "suspended, round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
async fn a01_unknown_wrong_suspended_and_locked_take_as_long() {
    let app = App::identity_with(|options| {
        options.parameters.insert("PasswordProfile".into(), "owasp".into());
    })
    .await;
    for email in ["known@example.org", "suspended@example.org", "locked@example.org"] {
        app.sign_up(email).await;
    }
    fail(&app, "locked@example.org", 5).await;
    let mut times: [Vec<Duration>; 4] = Default::default();
    for sample in 0..SAMPLES {
        // Keeps these two below the lock.
        if sample % 4 == 0 {
            app.try_login(&app.anonymous(), "known@example.org", PASSWORD).await.expect(200);
            suspend(&app, "suspended@example.org").await;
        }
        let unknown = format!("unknown{sample}@example.org");
        let emails = [&unknown, "known@example.org", "suspended@example.org", "locked@example.org"];
        for turn in 0..emails.len() {
            let kind = (sample + turn) % emails.len();
            let started = Instant::now();
            app.try_login(&app.anonymous(), emails[kind], WRONG).await.expect(401);
            times[kind].push(started.elapsed());
        }
    }
    let [unknown, rest @ ..] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    });
    for (kind, median) in ["wrong password", "suspended", "locked"].into_iter().zip(rest) {
        let ratio = median / unknown;
        println!(
            "A01: {kind} {:.1} ms, unknown {:.1} ms: {ratio:.3}, {SAMPLES} each",
            median * 1e3,
            unknown * 1e3
        );
        assert!((0.6..1.6).contains(&ratio), "{kind}: {ratio}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a01_registering_an_address_that_has_an_account_looks_like_any_other() {
    let app = App::identity().await;
    app.sign_up("kim@example.org").await;
    suspend_free_account(&app).await;
    let anyone = app.anonymous();
    let register = |email: &str| json!({ "email": email, "password": OTHER, "name": "Somebody Else" });
    let fresh = anyone.post("/api/v1/auth/register", &register("new@example.org")).await.expect(202);
    for email in ["kim@example.org", "KIM@Example.ORG", "gone@example.org"] {
        let again = anyone.post("/api/v1/auth/register", &register(email)).await;
        assert_eq!(shape(&again), shape(&fresh), "{email}");
    }
    app.mail_to("kim@example.org", 3).await;
    app.mails_settled().await;
    let mails = app.mails_to("kim@example.org");
    assert_eq!(mails.len(), 3, "the first proof and two words of warning");
    for mail in &mails[1..] {
        let text = mail.text.as_deref().unwrap();
        assert!(text.contains("There already is"), "{text}");
        assert!(!text.contains("token="), "nothing to follow: {text}");
    }
    assert!(app.mails_to("KIM@example.org").is_empty(), "only the stored spelling is written to");
    // The account is what it was.
    app.try_login(&anyone, "kim@example.org", OTHER).await.expect(401);
    let tokens = app.login("kim@example.org").await;
    let me = app.with_token(&tokens).get("/api/v1/auth/me").await.expect(200);
    assert_eq!(me.body["name"], "Kim Example");
}

/// A second account, which is suspended.
async fn suspend_free_account(app: &App) {
    app.sign_up("gone@example.org").await;
    suspend(app, "gone@example.org").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a03_mails_go_only_to_those_who_can_use_them() {
    let app = App::identity().await;
    app.sign_up("kim@example.org").await;
    suspend_free_account(&app).await;
    let before = app.stack.cloud().mailer().sent().unwrap().len();
    let anyone = app.anonymous();
    let mut answers = Vec::new();
    for path in ["/api/v1/auth/forgot-password", "/api/v1/auth/magic-link"] {
        for email in ["nobody@example.org", "gone@example.org", "Kim@Example.org"] {
            answers.push(anyone.post(path, &json!({ "email": email })).await.expect(202));
        }
    }
    for answer in &answers {
        assert_eq!(shape(answer), shape(&answers[0]));
    }
    app.link("kim@example.org", "reset-password", 1).await;
    app.link("kim@example.org", "magic-link", 1).await;
    app.mails_settled().await;
    let sent = app.stack.cloud().mailer().sent().unwrap();
    assert_eq!(sent.len(), before + 2);
    assert!(sent[before..].iter().all(|mail| mail.to == ["kim@example.org"] && mail.cc.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a05_all_spellings_of_an_address_share_one_counter() {
    let app = App::identity().await;
    app.sign_up("kim.berg@example.org").await;
    let spellings = [
        "KIM.BERG@EXAMPLE.ORG",
        "  kim.berg@example.org",
        "kim.Berg@Example.org\t",
        "\u{a0}Kim.berg@example.ORG\u{3000}",
        "kIM.bERG@eXAMPLE.oRG\r\n",
    ];
    for (place, spelling) in spellings.into_iter().enumerate() {
        fail(&app, spelling, 1).await;
        let counted = counters(&app, "kim.berg@example.org").await.failures;
        assert_eq!(counted, i64::try_from(place).unwrap() + 1, "{spelling:?}");
    }
    for spelling in spellings.into_iter().chain(["kim.berg@example.org"]) {
        app.try_login(&app.anonymous(), spelling, PASSWORD).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a05_look_alikes_are_refused_and_never_stand_for_an_account() {
    let app = App::identity().await;
    app.sign_up("kim.sist@example.org").await;
    let before = app.stack.cloud().mailer().sent().unwrap().len();
    let anyone = app.anonymous();
    for email in [
        "\u{212a}im.sist@example.org",
        "k\u{456}m.sist@example.org",
        "kim.\u{17f}ist@example.org",
        "k\u{131}m.sist@example.org",
        "\u{ff4b}im.sist@example.org",
        "kim.sist\u{ff20}example.org",
        "kim.sist@ex\u{430}mple.org",
        "kim.sist@example\u{3002}org",
        "kim\u{200b}.sist@example.org",
        "kim.sist@example.org\u{200e}",
        "ki\u{301}m.sist@example.org",
        "kim.sist@example.org.",
        "kim.sist@example.org\0",
        "\"kim.sist\"@example.org",
        "kim.sist(x)@example.org",
        "<kim.sist@example.org>",
        "kim.sist%40example.org",
        "x@y.example,kim.sist@example.org",
    ] {
        let login = app.try_login(&anyone, email, PASSWORD).await.expect(400);
        assert_eq!((login.code(), login.fields()), ("body_invalid", vec!["email"]), "{email:?}");
        let body = json!({ "email": email, "password": OTHER, "name": "Kim" });
        anyone.post("/api/v1/auth/register", &body).await.expect(422);
        for path in ["/api/v1/auth/forgot-password", "/api/v1/auth/magic-link"] {
            anyone.post(path, &json!({ "email": email })).await.expect(400);
        }
    }
    app.mails_settled().await;
    assert_eq!(app.stack.cloud().mailer().sent().unwrap().len(), before);
    assert_eq!(counters(&app, "kim.sist@example.org").await.failures, 0);
    app.login("kim.sist@example.org").await;
}
