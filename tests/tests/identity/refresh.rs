//! Refresh tokens: each works once, repeating is harmless, replaying is not, and nothing lasts longer
//! than 30 days.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::join_all;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;
use vestibule_tests::{
    App,
    identity::{Tokens, shape},
};

use crate::{behind::tenant_for, forge::parts};

const KIM: &str = "kim@example.org";
/// Rounds of the race, and how many refresh at once in each.
const ROUNDS: usize = 200;
const AT_ONCE: usize = 32;

/// How often the audit log has this action.
async fn audited(app: &App, action: &str) -> usize {
    let action = format!("S(\"{action}\")");
    app.dump().await.iter().filter(|row| row.contains("S(\"audit\")") && row.contains(&action)).count()
}

async fn next(app: &App, tokens: &Tokens) -> Tokens {
    Tokens::of(&app.refresh(&tokens.refresh).await.expect(200))
}

#[tokio::test]
async fn t09_a_replay_after_the_successor_was_used_ends_the_family_with_one_audit_event() {
    let app = App::identity().await;
    let (first, other) = (app.newcomer(KIM).await, app.login(KIM).await);
    let second = next(&app, &first).await;
    let third = next(&app, &second).await;
    app.with_token(&third).get("/api/v1/auth/me").await.expect(200);
    let made_up = app.refresh("made up").await.expect(401);
    let stolen = app.refresh(&first.refresh).await;
    assert_eq!(shape(&stolen), shape(&made_up));
    for tokens in [&first, &second, &third] {
        app.with_token(tokens).get("/api/v1/auth/me").await.expect(401);
        assert_eq!(shape(&app.refresh(&tokens.refresh).await), shape(&made_up));
    }
    join_all((0..20).map(|_| app.refresh(&first.refresh))).await;
    assert_eq!(audited(&app, "session.reuse").await, 1);
    next(&app, &other).await;
}

#[tokio::test]
async fn t09_twenty_replays_at_once_end_the_family_with_one_audit_event() {
    let app = App::identity().await;
    let first = app.newcomer(KIM).await;
    let third = next(&app, &next(&app, &first).await).await;
    let answers = join_all((0..20).map(|_| app.refresh(&first.refresh))).await;
    assert!(answers.iter().all(|answer| answer.status == 401));
    app.refresh(&third.refresh).await.expect(401);
    assert_eq!(audited(&app, "session.reuse").await, 1);
}

#[tokio::test]
async fn t09_a_made_up_token_of_a_session_gives_nothing() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let made_up = app.refresh("made up").await.expect(401);
    let text = &tokens.refresh;
    let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    bytes[40] ^= 1;
    let changed = URL_SAFE_NO_PAD.encode(bytes);
    let wrong = [
        format!("{text}="),
        format!(" {text}"),
        text[1..].to_owned(),
        text.to_uppercase(),
        String::new(),
        text.repeat(40),
    ];
    for text in wrong {
        assert_eq!(shape(&app.refresh(&text).await), shape(&made_up), "{text}");
    }
    let tokens = next(&app, &tokens).await;
    // Session and person are right, the secret is not: whoever knows that much is no honest client.
    assert_eq!(shape(&app.refresh(&changed).await), shape(&made_up));
    app.refresh(&tokens.refresh).await.expect(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t10_thirty_two_refreshes_at_once_leave_one_live_branch() {
    let app = App::identity().await;
    let mut tokens = app.newcomer(KIM).await;
    for round in 0..ROUNDS {
        let answers = join_all((0..AT_ONCE).map(|_| app.refresh(&tokens.refresh))).await;
        let given: Vec<_> = answers.into_iter().map(|answer| Tokens::of(&answer.expect(200))).collect();
        assert!(given.iter().all(|next| next.refresh == given[0].refresh), "round {round}: two branches");
        assert_ne!(given[0].refresh, tokens.refresh);
        tokens = given[round % AT_ONCE].clone();
        app.with_token(&tokens).get("/api/v1/auth/me").await.expect(200);
    }
    assert_eq!(audited(&app, "session.reuse").await, 0);
    println!("{ROUNDS} rounds of {AT_ONCE} refreshes at once: one branch, never out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t10_a_client_that_lost_the_answer_gets_the_same_successor() {
    let app = App::identity().await;
    let mut tokens = app.newcomer(KIM).await;
    for _ in 0..3 {
        let lost = next(&app, &tokens).await;
        app.advance(SignedDuration::from_hours(20));
        let again = next(&app, &tokens).await;
        assert_eq!(lost.refresh, again.refresh);
        tokens = again;
    }
    let mut broken = 0;
    for round in 0..60 {
        let patience = Duration::from_micros(200 * round);
        let cut_off = tokio::time::timeout(patience, app.refresh(&tokens.refresh)).await;
        broken += usize::from(cut_off.is_err());
        tokens = next(&app, &tokens).await;
    }
    app.with_token(&tokens).get("/api/v1/auth/me").await.expect(200);
    assert_eq!(audited(&app, "session.reuse").await, 0);
    println!("60 refreshes, {broken} of them cut off and repeated: never out");
}

#[tokio::test]
async fn t11_a_session_ends_after_thirty_days_however_often_it_is_refreshed() {
    let app = App::identity().await;
    let mut tokens = app.newcomer(KIM).await;
    let rows = async |app: &App| {
        let rows = app.dump().await;
        rows.iter().filter(|row| row.contains("S(\"session\")")).count()
    };
    let before = rows(&app).await;
    for _ in 0..89 {
        app.advance(SignedDuration::from_hours(8));
        tokens = next(&app, &tokens).await;
        app.with_token(&tokens).get("/api/v1/auth/me").await.expect(200);
    }
    app.advance(SignedDuration::from_secs(8 * 3600 - 300));
    tokens = next(&app, &tokens).await;
    app.with_token(&tokens).get("/api/v1/auth/me").await.expect(200);
    app.advance(SignedDuration::from_mins(6));
    app.with_token(&tokens).get("/api/v1/auth/me").await.expect(401);
    let refused = app.refresh(&tokens.refresh).await.expect(401);
    assert_eq!(shape(&refused), shape(&app.refresh("made up").await));
    app.advance(SignedDuration::from_hours(24));
    app.refresh(&tokens.refresh).await.expect(401);
    assert_eq!(rows(&app).await, before, "the table has not cleaned up: the time decides");
    assert_eq!(audited(&app, "session.reuse").await, 0);
    app.login(KIM).await;
}

#[tokio::test]
async fn t11_tokens_in_a_query_or_a_form_are_not_looked_at() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let anonymous = app.anonymous();
    for name in ["access_token", "accessToken", "token", "bearer", "authorization", "jwt"] {
        anonymous.get(&format!("/api/v1/auth/me?{name}={}", tokens.access)).await.expect(401);
    }
    for name in ["refreshToken", "refresh_token", "token"] {
        let path = format!("/api/v1/auth/refresh?{name}={}", tokens.refresh);
        let refused = anonymous.post(&path, &json!({})).await.expect(401);
        assert!(refused.body["detail"].as_str().unwrap().contains("`refreshToken`"), "{}", refused.body);
    }
    let form = anonymous.request(Method::POST, "/api/v1/auth/refresh");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    anonymous.send(form.body(format!("refreshToken={}", tokens.refresh))).await.expect(400);
    for scheme in ["Basic", "Token", "bearer_", ""] {
        let request = anonymous.request(Method::GET, "/api/v1/auth/me");
        let request = request.header("authorization", format!("{scheme} {}", tokens.access));
        anonymous.send(request).await.expect(401);
    }
    next(&app, &tokens).await;
}

#[tokio::test]
async fn ten_11_a_session_that_rests_longer_than_its_tenant_allows_is_over() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let security = vestibule_domain::SecuritySettings { idle_minutes: Some(30), second_factor: false };
    let tenant = tenant_for(&app, KIM, security).await;
    let elsewhere = app.login(KIM).await;
    let switch = json!({ "tenant": tenant });
    let there = app.with_token(&tokens).post("/api/auth/context/switch", &switch).await.expect(200);
    app.actor(there.body["accessToken"].as_str().map(str::to_owned)).get("/api/hires").await.expect(200);
    let mut tokens = tokens;
    for _ in 0..5 {
        app.advance(SignedDuration::from_mins(29));
        tokens = next(&app, &tokens).await;
        assert_eq!(parts(&tokens.access).1["tenant"], json!(tenant));
        app.with_token(&tokens).get("/api/hires").await.expect(200);
    }
    app.advance(SignedDuration::from_mins(31));
    let answers = join_all((0..8).map(|_| app.refresh(&tokens.refresh))).await;
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        // One that read the session while another ended it: what it got is good for nothing.
        let late = app.with_token(&Tokens::of(answer));
        late.get("/api/hires").await.expect(401);
        late.get("/api/v1/auth/me").await.expect(401);
    }
    app.refresh(&tokens.refresh).await.expect(401);
    next(&app, &elsewhere).await;
}
