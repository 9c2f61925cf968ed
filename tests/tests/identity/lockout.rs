//! A04, A07: five failures lock an address on every way to sign in, and never its owner for good.

use jiff::SignedDuration;
use serde_json::json;
use vestibule_tests::App;
use vestibule_tests::identity::{PASSWORD, Tokens, shape};

use crate::behind::{Counters, code, counters, fail, raw, reset_by_mail, second_step, set_up_totp, ticket};

const KIM: &str = "kim@example.org";
const OTHER: &str = "velvet anchor plum tractor";
const LOCK: i64 = 15 * 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn a04_no_way_to_sign_in_goes_round_the_lock() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let (secret, recovery) = set_up_totp(&app, &tokens).await;
    // What an attacker may have gathered before: a ticket of the right password, and a link.
    app.advance(SignedDuration::from_secs(60));
    let ticket = ticket(&app, KIM).await;
    let anyone = app.anonymous();
    anyone.post("/api/v1/auth/magic-link", &json!({ "email": KIM })).await.expect(202);
    let link = app.link(KIM, "magic-link", 1).await;
    fail(&app, KIM, 4).await;
    assert_eq!(counters(&app, KIM).await.failures, 5, "the ticket's attempt counts until it ends well");
    let locked = counters(&app, KIM).await;

    let refused = app.try_login(&anyone, KIM, "not the password at all").await.expect(401);
    let consume = json!({ "token": link });
    for (what, answer) in [
        ("the right password", app.try_login(&anyone, KIM, PASSWORD).await),
        ("a link", anyone.post("/api/v1/auth/magic-link/consume", &consume).await),
        ("a code", second_step(&anyone, &ticket, &code(&app, &secret, 0)).await),
        ("a recovery code", second_step(&anyone, &ticket, &recovery[0]).await),
    ] {
        assert_eq!(shape(&answer), shape(&refused), "{what}");
    }
    let form = format!("token={link}");
    let form = raw(&anyone, "/auth/magic-link", Some("application/x-www-form-urlencoded"), form).await;
    assert_eq!(form.status, 401, "{}", form.text);
    assert!(!form.headers.contains_key("set-cookie"));

    // A session that is there goes on working, but proves nothing while the address is locked.
    let mine = app.with_token(&tokens);
    for (path, body) in [
        ("/api/v1/auth/password", json!({ "currentPassword": PASSWORD, "newPassword": OTHER })),
        ("/api/v1/auth/email", json!({ "email": "new@example.org", "password": PASSWORD })),
        ("/api/v1/auth/totp/remove", json!({ "password": PASSWORD, "code": code(&app, &secret, 0) })),
        ("/api/v1/auth/recovery-codes", json!({ "password": PASSWORD, "code": code(&app, &secret, 0) })),
    ] {
        let answer = mine.post(path, &body).await;
        assert_eq!(shape(&answer), shape(&refused), "{path}");
    }
    assert_eq!(counters(&app, KIM).await, locked, "nothing of it moved the lock");
    mine.get("/api/v1/auth/me").await.expect(200);
    let tokens = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
    app.with_token(&tokens).get("/api/v1/auth/sessions").await.expect(200);

    // The owner's mail lifts the lock; the second factor is still asked for.
    reset_by_mail(&app, KIM, OTHER, 1).await;
    assert_eq!(counters(&app, KIM).await.failures, 0);
    let answer = app.try_login(&anyone, KIM, OTHER).await.expect(200);
    let fresh = answer.body["secondFactor"]["ticket"].as_str().unwrap();
    second_step(&anyone, &ticket, &recovery[0]).await.expect(401);
    second_step(&anyone, fresh, &recovery[0]).await.expect(200);
    anyone.post("/api/v1/auth/magic-link/consume", &consume).await.expect(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a04_failures_on_every_path_fill_one_counter() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let (secret, _) = set_up_totp(&app, &tokens).await;
    app.advance(SignedDuration::from_secs(60));
    let mine = app.with_token(&tokens);
    let ticket = ticket(&app, KIM).await;
    let wrong = json!({ "currentPassword": "not the password", "newPassword": OTHER });
    let wrong_code = crate::behind::wrong_code(&app, &secret);
    second_step(&app.anonymous(), &ticket, &wrong_code).await.expect(401);
    mine.post("/api/v1/auth/password", &wrong).await.expect(401);
    let remove = json!({ "password": PASSWORD, "code": wrong_code });
    mine.post("/api/v1/auth/totp/remove", &remove).await.expect(401);
    second_step(&app.anonymous(), &ticket, "AAAAA-AAAAA").await.expect(401);
    assert_eq!(counters(&app, KIM).await.failures, 5);
    second_step(&app.anonymous(), &ticket, &code(&app, &secret, 0)).await.expect(401);
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a07_an_hour_of_failures_never_locks_for_longer_than_fifteen_minutes() {
    let app = App::identity().await;
    let mut tokens = app.newcomer(KIM).await;
    let mut last = Counters::default();
    let (mut counted, mut locks) = (0, 0);
    for minute in 0..60 {
        for _ in 0..3 {
            let before = app.world.now().as_millisecond();
            fail(&app, KIM, 1).await;
            let seen = counters(&app, KIM).await;
            let after = app.world.now().as_millisecond();
            if seen == last {
                assert_eq!(seen.failures, 5, "only a locked address is not counted");
                assert!(before < seen.until, "the lock has run out and still nothing is counted");
            } else {
                counted += 1;
                locks += i32::from(seen.failures == 5);
                assert!((before + LOCK..=after + LOCK).contains(&seen.until), "minute {minute}");
            }
            last = seen;
        }
        // The owner's session is kept alive all the while.
        if minute % 10 == 9 {
            tokens = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
            app.with_token(&tokens).get("/api/v1/auth/me").await.expect(200);
        }
        app.advance(SignedDuration::from_secs(60));
    }
    println!("A07: 180 wrong passwords in an hour, {counted} counted, {locks} locks");
    assert!(locks >= 3 && counted == 5 * locks, "{counted} {locks}");
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(401);
    reset_by_mail(&app, KIM, OTHER, 1).await;
    app.try_login(&app.anonymous(), KIM, OTHER).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a07_the_lock_ends_by_itself_after_fifteen_minutes() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    fail(&app, KIM, 5).await;
    app.advance(SignedDuration::from_secs(14 * 60));
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(401);
    app.advance(SignedDuration::from_secs(60));
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(200);
    assert_eq!(counters(&app, KIM).await.failures, 0);
    app.mail_to(KIM, 2).await;
    app.mails_settled().await;
    let locked =
        app.mails_to(KIM).into_iter().filter(|mail| mail.text.as_deref().unwrap().contains("locked"));
    assert_eq!(locked.count(), 1, "the owner is told once");
}
