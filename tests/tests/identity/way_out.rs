//! Logout, with whatever is left of the session's credentials.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::identity::Tokens;
use vestibule_tests::{Actor, Answer, App};

use crate::cookies::{Jar, enter, send};

const LOGOUT: &str = "/api/v1/auth/logout";
const MEMBER: &str = "member@test-brand.local";

fn cookie(name: &str, value: &str) -> String {
    format!("lang=en; __Host-vestibule-{name}={value}")
}

async fn logout(app: &App, cookies: &str, csrf: Option<&str>) -> Answer {
    send(&app.anonymous(), ("POST", LOGOUT, &json!({})), cookies, csrf).await
}

#[track_caller]
fn forgets(answer: &Answer) {
    let lines: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("Max-Age=0")), "{lines:?}");
}

/// The session gives no more tokens.
async fn is_over(app: &App, jar: &Jar) {
    let refresh = ("POST", "/api/v1/auth/refresh", &json!({}));
    send(&app.anonymous(), refresh, &jar.header(), Some(&jar.csrf)).await.expect(401);
    send(&app.anonymous(), ("GET", "/api/v1/auth/me", &Value::Null), &jar.header(), None).await.expect(401);
}

#[tokio::test]
async fn fault_04_the_refresh_cookie_and_the_csrf_token_are_enough_to_log_out() {
    let app = App::identity().await;
    let jar = enter(&app).await.1;
    let refresh = cookie("refresh", &jar.refresh);
    for wrong in [None, Some(""), Some("x"), Some(&*enter(&app).await.1.csrf)] {
        assert_eq!(logout(&app, &refresh, wrong).await.expect(403).code(), "csrf_invalid");
    }
    forgets(&logout(&app, &refresh, Some(&jar.csrf)).await.expect(204));
    is_over(&app, &jar).await;

    // After a day, with an access cookie that a browser kept too long.
    let jar = enter(&app).await.1;
    app.advance(SignedDuration::from_hours(24));
    forgets(&logout(&app, &jar.header(), Some(&jar.csrf)).await.expect(204));
    is_over(&app, &jar).await;

    // With an access cookie that is none, as after a change of keys.
    let jar = enter(&app).await.1;
    let broken = Jar { access: "a.b.c".into(), ..jar.clone() };
    forgets(&logout(&app, &broken.header(), Some(&jar.csrf)).await.expect(204));
    is_over(&app, &jar).await;
}

#[tokio::test]
async fn fault_04_an_access_cookie_that_has_ended_leaves_its_own_session_only() {
    let app = App::identity().await;
    let (jar, other) = (enter(&app).await.1, enter(&app).await.1);
    app.advance(SignedDuration::from_mins(20));
    let access = cookie("access", &jar.access);
    logout(&app, &access, None).await.expect(403);
    logout(&app, &access, Some(&other.csrf)).await.expect(403);
    let body = json!({ "sessions": "all" });
    send(&app.anonymous(), ("POST", LOGOUT, &body), &access, Some(&jar.csrf)).await.expect(401);
    forgets(&logout(&app, &access, Some(&jar.csrf)).await.expect(204));
    is_over(&app, &jar).await;
    let refresh = ("POST", "/api/v1/auth/refresh", &json!({}));
    send(&app.anonymous(), refresh, &other.header(), Some(&other.csrf)).await.expect(200);
    logout(&app, &cookie("access", "a.b.c"), Some(&jar.csrf)).await.expect(401);
    logout(&app, "lang=en", Some(&jar.csrf)).await.expect(401);
}

#[tokio::test]
async fn fault_04_a_session_that_is_over_is_left_again_without_a_complaint() {
    let app = App::identity().await;
    let jar = enter(&app).await.1;
    for cookies in
        [jar.header(), jar.header(), cookie("refresh", &jar.refresh), cookie("access", &jar.access)]
    {
        forgets(&logout(&app, &cookies, Some(&jar.csrf)).await.expect(204));
    }
    let all = json!({ "sessions": "all" });
    let refused =
        send(&app.anonymous(), ("POST", LOGOUT, &all), &jar.header(), Some(&jar.csrf)).await.expect(401);
    forgets(&refused);
    let tokens = app.sample_login(MEMBER).await;
    for _ in 0..2 {
        app.with_token(&tokens).post(LOGOUT, &json!({})).await.expect(204);
    }
    app.anonymous().post(LOGOUT, &json!({ "refreshToken": tokens.refresh })).await.expect(204);
    app.refresh(&tokens.refresh).await.expect(401);
}

async fn with_refresh(actor: &Actor, token: &str, which: &str) -> Answer {
    actor.post(LOGOUT, &json!({ "refreshToken": token, "sessions": which })).await
}

#[tokio::test]
async fn fault_04_a_program_leaves_with_its_refresh_token() {
    let app = App::identity().await;
    let tokens = app.sample_login(MEMBER).await;
    app.advance(SignedDuration::from_hours(24));
    let late = app.with_token(&tokens);
    late.post(LOGOUT, &json!({})).await.expect(401);
    let anyone = app.anonymous();
    let (start, end) = tokens.refresh.split_at(60);
    let swapped = format!("{start}{}{}", if end.starts_with('A') { 'B' } else { 'A' }, &end[1..]);
    for wrong in ["", "x", &tokens.refresh[1..], &swapped] {
        with_refresh(&anyone, wrong, "this").await.expect(401);
    }
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
    let last = Tokens::of(&app.refresh(&next.refresh).await.expect(200));
    with_refresh(&anyone, &tokens.refresh, "this").await.expect(401);
    with_refresh(&late, &next.refresh, "this").await.expect(204);
    app.refresh(&last.refresh).await.expect(401);
}

#[tokio::test]
async fn fault_04_the_refresh_token_ends_the_others_and_all() {
    let app = App::identity().await;
    let (one, two) = (app.sample_login(MEMBER).await, app.sample_login(MEMBER).await);
    with_refresh(&app.anonymous(), &one.refresh, "others").await.expect(204);
    app.refresh(&two.refresh).await.expect(401);
    let jar = enter(&app).await.1;
    let all = json!({ "sessions": "all" });
    let refresh = cookie("refresh", &jar.refresh);
    forgets(&send(&app.anonymous(), ("POST", LOGOUT, &all), &refresh, Some(&jar.csrf)).await.expect(204));
    is_over(&app, &jar).await;
    app.refresh(&one.refresh).await.expect(401);
}

#[tokio::test]
async fn newcomer_11_the_button_of_a_page_signs_out_and_says_what_happened() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    let press = async |cookies: &str, csrf: &str| {
        let request = anyone.request(Method::POST, "/auth/sign-out").form(&[("csrf", csrf)]);
        anyone.send(request.header("cookie", cookies)).await
    };
    let (jar, other) = (enter(&app).await.1, enter(&app).await.1);
    for cookies in ["theme=dark", &cookie("receipt", "x"), &cookie("access", "a.b.c")] {
        let answer = press(cookies, &jar.csrf).await.expect(200);
        assert!(answer.text.contains("This browser has no session here."), "{cookies}: {}", answer.text);
    }
    let old_tab = press(&jar.header(), &other.csrf).await.expect(403);
    assert!(old_tab.text.contains("earlier session") && !old_tab.text.contains("X-CSRF"), "{}", old_tab.text);
    let me = ("GET", "/api/v1/auth/me", &Value::Null);
    send(&anyone, me, &jar.header(), None).await.expect(200);
    forgets(&press(&jar.header(), &jar.csrf).await.expect(200));
    is_over(&app, &jar).await;
    send(&anyone, me, &other.header(), None).await.expect(200);
}
