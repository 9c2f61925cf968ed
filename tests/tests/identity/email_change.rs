//! I06: an address is changed only by somebody who knows the password, never to one that is taken,
//! and whoever had it before can undo it.

use jiff::SignedDuration;
use serde_json::{Value, json};
use vestibule_tests::identity::{PASSWORD, Tokens, shape};
use vestibule_tests::{Actor, Answer, App};

use crate::behind::{counters, person, reset_by_mail, row};

const A: &str = "anna@example.org";
const B: &str = "berta@example.org";
const C: &str = "carla@example.org";
const OTHER: &str = "velvet anchor plum tractor";

async fn ask(actor: &Actor, email: &str, password: &str) -> Answer {
    actor.post("/api/v1/auth/email", &json!({ "email": email, "password": password })).await
}

async fn follow(app: &App, page: &str, token: &str) -> Answer {
    follow_with(app, page, token, PASSWORD).await
}

/// Follows a link; the password shows who asked for it, where that matters.
async fn follow_with(app: &App, page: &str, token: &str, password: &str) -> Answer {
    let mut body = json!({ "token": token });
    if page == "confirm" {
        body["password"] = json!(password);
    }
    app.anonymous().post(&format!("/api/v1/auth/email/{page}"), &body).await
}

/// Changes the address as somebody with a session and the password would.
async fn change(app: &App, actor: &Actor, to: &str, password: &str) {
    ask(actor, to, password).await.expect(202);
    let token = app.link(to, "confirm-email", 1).await;
    follow_with(app, "confirm", &token, password).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_change_without_the_password_is_refused() {
    let app = App::identity().await;
    let tokens = app.newcomer(A).await;
    let mine = app.with_token(&tokens);
    let wrong = ask(&mine, B, "not the password at all").await.expect(401);
    assert_eq!(wrong.code(), "credentials_invalid");
    for body in [json!({ "email": B }), json!({ "email": B, "password": null })] {
        let answer = mine.post("/api/v1/auth/email", &body).await;
        assert_eq!(shape(&answer), shape(&wrong), "{body}");
    }
    // Neither a token that is young, nor none, nor one behind another's, stands for the password.
    app.anonymous()
        .post("/api/v1/auth/email", &json!({ "email": B, "password": PASSWORD }))
        .await
        .expect(401);
    for body in [
        json!({ "email": B, "password": PASSWORD, "user": "usr_00000000000000000000000001" }),
        json!({ "email": [B, C], "password": PASSWORD }),
        json!({ "email": format!("{B},{C}"), "password": PASSWORD }),
        json!({ "email": format!("{B}\r\nBcc: {C}"), "password": PASSWORD }),
    ] {
        mine.post("/api/v1/auth/email", &body).await.expect(400);
    }
    let patched = mine.request(reqwest::Method::PATCH, "/api/v1/auth/me").json(&json!({ "email": B }));
    mine.send(patched).await.expect(400);
    assert_eq!(counters(&app, A).await.failures, 3, "wrong and missing passwords count");
    app.mails_settled().await;
    assert!(app.mails_to(B).is_empty() && app.mails_to(C).is_empty());
    assert_eq!(mine.get("/api/v1/auth/me").await.expect(200).body["email"], A);
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_taken_address_answers_alike_and_nothing_comes_of_it() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(A).await);
    app.sign_up(B).await;
    let before = (row(&app, A).await, row(&app, B).await);
    let free = ask(&mine, C, PASSWORD).await.expect(202);
    app.link(C, "confirm-email", 1).await;
    for taken in [B, "BERTA@Example.org", A] {
        let answer = ask(&mine, taken, PASSWORD).await;
        assert_eq!(shape(&answer), shape(&free), "{taken}");
    }
    app.mails_settled().await;
    assert_eq!(app.mails_to(B).len(), 1, "only the proof of long ago");
    assert_eq!(app.mails_to(A).len(), 1);
    assert!(app.mails_to("BERTA@example.org").is_empty());
    let sent = |email: &str| app.mails_to(email).into_iter().skip(1).collect::<Vec<_>>();
    assert!(sent(A).is_empty() && sent(B).is_empty());
    let identity = |row: &std::collections::HashMap<_, _>| {
        ["user", "password", "epoch"].map(|name| row.get(name).cloned())
    };
    assert_eq!(identity(&row(&app, A).await), identity(&before.0));
    assert_eq!(identity(&row(&app, B).await), identity(&before.1));
    app.login(B).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_an_address_taken_while_the_link_waits_is_not_taken_over() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(A).await);
    ask(&mine, B, PASSWORD).await.expect(202);
    let token = app.link(B, "confirm-email", 1).await;
    let body = json!({ "email": B, "password": OTHER, "name": "Berta" });
    app.anonymous().post("/api/v1/auth/register", &body).await.expect(202);
    let proof = app.link(B, "verify-email", 1).await;
    app.verify(&proof, OTHER).await.expect(200);
    let used = follow(&app, "confirm", "AAAA").await.expect(400);
    let late = follow(&app, "confirm", &token).await;
    assert_eq!(shape(&late), shape(&used), "it does not say that there is an account");
    assert_eq!(counters(&app, A).await.failures, 0, "the password was right");
    app.try_login(&app.anonymous(), B, PASSWORD).await.expect(401);
    app.try_login(&app.anonymous(), B, OTHER).await.expect(200);
    app.login(A).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_free_address_is_proved_and_the_old_one_is_told() {
    let app = App::identity().await;
    let tokens = app.newcomer(A).await;
    let mine = app.with_token(&tokens);
    let id = person(&app, A).await.id;
    ask(&mine, B, PASSWORD).await.expect(202);
    let token = app.link(B, "confirm-email", 1).await;
    assert_eq!(mine.get("/api/v1/auth/me").await.expect(200).body["email"], A, "not before it is proved");
    app.mails_settled().await;
    assert_eq!((app.mails_to(A).len(), app.mails_to(B).len()), (1, 1));
    follow(&app, "confirm", &token).await.expect(204);
    follow(&app, "confirm", &token).await.expect(400);
    app.link(A, "undo-email", 1).await;
    app.mails_settled().await;
    let notice = &app.mails_to(A)[1];
    assert!(!notice.text.as_deref().unwrap().contains(B), "the new address is masked");
    assert_eq!((app.mails_to(A).len(), app.mails_to(B).len()), (2, 1), "nothing more to the new one");
    assert_eq!(mine.get("/api/v1/auth/me").await.expect(200).body["email"], B);
    app.try_login(&app.anonymous(), A, PASSWORD).await.expect(401);
    app.login(B).await;
    assert_eq!(person(&app, B).await.id, id);
    // The old address is free: nothing of the account comes back with it.
    let body = json!({ "email": A, "password": OTHER, "name": "Another Anna" });
    app.anonymous().post("/api/v1/auth/register", &body).await.expect(202);
    let proof = app.link(A, "verify-email", 2).await;
    app.verify(&proof, OTHER).await.expect(200);
    assert_ne!(person(&app, A).await.id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_the_undo_works_after_a_second_change_and_a_new_password() {
    let app = App::identity().await;
    let tokens = app.newcomer(A).await;
    let id = person(&app, A).await.id;
    // Somebody with the session and the password takes the account over.
    let thief = app.with_token(&tokens);
    change(&app, &thief, B, PASSWORD).await;
    let undo_a = app.link(A, "undo-email", 1).await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": OTHER });
    thief.post("/api/v1/auth/password", &body).await.expect(204);
    change(&app, &thief, C, OTHER).await;
    let undo_b = app.link(B, "undo-email", 1).await;
    // Links that the thief keeps for later.
    let theirs = Tokens::of(&app.try_login(&app.anonymous(), C, OTHER).await.expect(200));
    ask(&thief, B, OTHER).await.expect(202);
    let confirm_b = app.link(B, "confirm-email", 2).await;
    app.anonymous().post("/api/v1/auth/magic-link", &json!({ "email": C })).await.expect(202);
    let magic = app.link(C, "magic-link", 1).await;
    app.anonymous().post("/api/v1/auth/forgot-password", &json!({ "email": C })).await.expect(202);
    let reset = app.link(C, "reset-password", 1).await;
    app.advance(SignedDuration::from_secs(60));

    follow(&app, "undo", &undo_a).await.expect(204);
    assert_eq!(person(&app, A).await.id, id);
    // Every session and every link of before is dead, and so are both passwords.
    for session in [&tokens, &theirs] {
        app.with_token(session).get("/api/v1/auth/me").await.expect(401);
        app.refresh(&session.refresh).await.expect(401);
    }
    let dead = follow(&app, "confirm", "AAAA").await.expect(400);
    for (page, token) in [("undo", &undo_a), ("undo", &undo_b), ("confirm", &confirm_b)] {
        assert_eq!(shape(&follow(&app, page, token).await), shape(&dead), "{page}");
    }
    let posts: [(&str, Value); 2] = [
        ("magic-link/consume", json!({ "token": magic })),
        ("reset-password", json!({ "token": reset, "password": "another pebble orchid kayak" })),
    ];
    for (path, body) in posts {
        let answer = app.anonymous().post(&format!("/api/v1/auth/{path}"), &body).await;
        assert_eq!(shape(&answer), shape(&dead), "{path}");
    }
    for email in [A, B, C] {
        for password in [PASSWORD, OTHER] {
            app.try_login(&app.anonymous(), email, password).await.expect(401);
        }
    }
    // The owner sets a new one by the mail that came along.
    let token = app.link(A, "reset-password", 1).await;
    let body = json!({ "token": token, "password": "another pebble orchid kayak" });
    app.anonymous().post("/api/v1/auth/reset-password", &body).await.expect(204);
    app.try_login(&app.anonymous(), A, "another pebble orchid kayak").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn i06_a_link_to_a_new_address_dies_with_the_next_and_with_the_password() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(A).await);
    ask(&mine, B, PASSWORD).await.expect(202);
    let first = app.link(B, "confirm-email", 1).await;
    ask(&mine, C, PASSWORD).await.expect(202);
    let second = app.link(C, "confirm-email", 1).await;
    follow(&app, "confirm", &first).await.expect(400);
    // Not even as a link of another kind.
    follow(&app, "undo", &second).await.expect(400);
    reset_by_mail(&app, A, OTHER, 1).await;
    follow(&app, "confirm", &second).await.expect(400);
    assert_eq!(person(&app, A).await.email.as_str(), A);
    app.try_login(&app.anonymous(), A, OTHER).await.expect(200);
}

#[tokio::test]
async fn newcomer_11_another_spelling_of_the_own_address_is_refused_by_name() {
    let app = App::identity().await;
    let mine = app.with_token(&app.newcomer(A).await);
    let (local, domain) = A.split_once('@').unwrap();
    let spellings = [
        A.to_uppercase(),
        format!("{}@{domain}", local.to_uppercase()),
        "Anna@Example.org".to_owned(),
        format!("  {} ", A.to_uppercase()),
    ];
    app.mails_settled().await;
    let before = app.mails_to(A).len();
    for own in spellings {
        let refused = ask(&mine, &own, PASSWORD).await.expect(422);
        assert_eq!((refused.code(), refused.fields()), ("invalid", vec!["email"]), "{own}");
    }
    app.mails_settled().await;
    assert_eq!(app.mails_to(A).len(), before, "nothing is mailed for it");
}
