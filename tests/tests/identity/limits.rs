//! A08: what is counted as one source, and what a request over the limit is told.

use jiff::SignedDuration;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use vestibule_tests::identity::{PASSWORD, Tokens};
use vestibule_tests::{Actor, Answer, App};

const FIVE: u64 = 5;

async fn limited() -> App {
    App::identity_with(|options| {
        options.parameters.insert("SignInsPerMinute".into(), FIVE.to_string());
    })
    .await
}

/// A sign-in with an address of its own and these headers.
async fn attempt(actor: &Actor, number: u64, headers: &[(&str, &str)]) -> Answer {
    let body = json!({ "email": format!("nobody{number}@example.org"), "password": PASSWORD });
    let mut request = actor.request(Method::POST, "/api/v1/auth/login").json(&body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    actor.send(request).await
}

/// Limit, rest and seconds of the `RateLimit` headers.
fn told(headers: &HeaderMap) -> (u64, u64, u64) {
    let number = |name: &str, key: &str| {
        let text = headers[name].to_str().unwrap();
        assert!(text.starts_with("\"sign-in\";"), "{text}");
        let value = text.split(';').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
        value.unwrap().parse().unwrap()
    };
    assert_eq!(number("ratelimit-policy", "w"), 60);
    (number("ratelimit-policy", "q"), number("ratelimit", "r"), number("ratelimit", "t"))
}

fn too_many(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (429, "too_many_requests"), "{}", answer.text);
    let (limit, rest, seconds) = told(&answer.headers);
    assert_eq!((limit, rest), (FIVE, 0));
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(answer.headers["retry-after"].to_str().unwrap(), seconds.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_the_sixth_request_of_a_minute_is_told_when_to_come_back() {
    let app = limited().await;
    app.next_minute();
    let source = app.elsewhere();
    for number in 1..=FIVE {
        let answer = attempt(&source, number, &[]).await.expect(401);
        let (limit, rest, seconds) = told(&answer.headers);
        assert_eq!((limit, rest), (FIVE, FIVE - number));
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert!(!answer.headers.contains_key("retry-after"));
    }
    let refused = attempt(&source, 6, &[]).await;
    too_many(&refused);
    // Coming back a second too early does not do; at the time told it does.
    let (_, _, seconds) = told(&refused.headers);
    app.advance(SignedDuration::from_secs(i64::try_from(seconds).unwrap()));
    attempt(&source, 7, &[]).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_forged_forwarding_headers_make_no_other_source() {
    let app = limited().await;
    app.next_minute();
    let source = app.elsewhere();
    let forged: [&[(&str, &str)]; 9] = [
        &[("x-forwarded-for", "198.51.100.1")],
        &[("x-forwarded-for", "198.51.100.2, 203.0.113.9"), ("x-forwarded-for", "203.0.113.10")],
        &[("forwarded", "for=198.51.100.3;proto=https;by=203.0.113.1")],
        &[("x-real-ip", "198.51.100.4"), ("true-client-ip", "198.51.100.4")],
        &[("cf-connecting-ip", "198.51.100.5"), ("fastly-client-ip", "198.51.100.5")],
        &[("x-client-ip", "198.51.100.6"), ("x-cluster-client-ip", "198.51.100.6")],
        &[("x-forwarded-for", "127.0.0.1"), ("x-originating-ip", "127.0.0.1")],
        &[("x-amzn-request-context", "{\"http\":{\"sourceIp\":\"198.51.100.8\"}}")],
        &[("user-agent", "another browser"), ("x-forwarded-host", "elsewhere.example")],
    ];
    for (number, headers) in (1..).zip(forged) {
        let answer = attempt(&source, number, headers).await;
        if number <= FIVE {
            assert_eq!(told(&answer.headers), (FIVE, FIVE - number, told(&answer.headers).2), "{headers:?}");
            answer.expect(401);
        } else {
            too_many(&answer);
        }
    }
    // Nor does a forged header use up what belongs to somebody else.
    let other = attempt(&app.elsewhere(), 20, &[("x-forwarded-for", "127.0.0.1")]).await.expect(401);
    assert_eq!(told(&other.headers).1, FIVE - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_sources_are_counted_apart_and_addresses_beside_them() {
    let app = limited().await;
    app.sign_up("kim@example.org").await;
    app.next_minute();
    let (one, two) = (app.elsewhere(), app.elsewhere());
    for number in 1..=FIVE {
        attempt(&one, number, &[]).await.expect(401);
    }
    too_many(&attempt(&one, 6, &[]).await);
    attempt(&two, 6, &[]).await.expect(401);
    // One address from ever other sources: its own five, whoever asks, and no way to ask for more mails.
    for path in ["/api/v1/auth/login", "/api/v1/auth/forgot-password"] {
        for number in 1..=FIVE + 2 {
            let mut body = json!({ "email": "kim@example.org" });
            if path.ends_with("login") {
                body["password"] = json!("not the password");
            }
            let answer = app.elsewhere().post(path, &body).await;
            if number > FIVE {
                too_many(&answer);
            } else {
                assert!(matches!(answer.status, 401 | 202), "{path} {number}: {}", answer.text);
            }
        }
    }
    app.mails_settled().await;
    let resets = app.mails_to("kim@example.org").into_iter();
    let resets = resets.filter(|mail| mail.text.as_deref().unwrap().contains("reset-password?token="));
    assert_eq!(u64::try_from(resets.count()).unwrap(), FIVE);
}

/// The status of a sign-in that comes from `source`, as the gateway tells it; the address is its own.
async fn attempt_from(app: &App, source: &str, number: u64) -> u64 {
    let mut event: Value = serde_json::from_str(include_str!("../../../events/auth/login.json")).unwrap();
    let body = json!({ "email": format!("nobody{number}@example.org"), "password": PASSWORD });
    event["body"] = json!(body.to_string());
    event["requestContext"]["http"]["sourceIp"] = json!(source);
    let answer = app.stack.invoke("auth", event).await.unwrap();
    answer["statusCode"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_9c_the_networks_of_one_subscriber_have_sixteen_limits_together() {
    let app = limited().await;
    app.next_minute();
    let most = 16 * FIVE;
    for number in 0..=most {
        let status = attempt_from(&app, &format!("2001:db8:1:{number:x}::1"), number).await;
        assert_eq!(status, if number < most { 401 } else { 429 }, "network {number}");
    }
    assert_eq!(attempt_from(&app, "2001:db8:1::1", most + 1).await, 429, "one that came before");
    assert_eq!(attempt_from(&app, "2001:db8:2::1", most + 2).await, 401, "another subscriber");
}

/// The routes that are counted together for a source, with bodies that fit.
fn groups() -> [Vec<(&'static str, Value)>; 4] {
    let (email, token) = (json!({ "email": "a@example.org" }), json!({ "token": "x" }));
    let password = json!({ "password": PASSWORD });
    [
        vec![
            ("login", json!({ "email": "a@example.org", "password": PASSWORD })),
            ("magic-link/consume", token.clone()),
            ("second-factor", json!({ "ticket": "x", "code": "000000" })),
            ("social-login", json!({ "provider": "google" })),
        ],
        vec![
            ("register", json!({ "email": "a@example.org", "password": PASSWORD, "name": "Kim" })),
            ("forgot-password", email.clone()),
            ("magic-link", email),
        ],
        vec![
            ("verify-email", token.clone()),
            ("reset-password", json!({ "token": "x", "password": PASSWORD })),
            ("email/confirm", token.clone()),
            ("email/undo", token),
        ],
        vec![
            ("password", json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD })),
            ("email", json!({ "email": "b@example.org", "password": PASSWORD })),
            ("totp", password),
            ("totp/confirm", json!({ "code": "000000" })),
            ("totp/remove", json!({ "password": PASSWORD, "code": "000000" })),
            ("recovery-codes", json!({ "password": PASSWORD, "code": "000000" })),
        ],
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a08_no_way_in_has_a_limit_of_its_own() {
    let app = limited().await;
    app.sign_up("kim@example.org").await;
    // Whichever routes of a group fill the limit, all of them are closed to the source then.
    for group in groups() {
        for first in 0..group.len() {
            app.next_minute();
            let login = app.try_login(&app.elsewhere(), "kim@example.org", PASSWORD).await.expect(200);
            let source = app.elsewhere().holding(&Tokens::of(&login));
            app.next_minute();
            for (path, body) in group.iter().cycle().skip(first).take(5) {
                let answer = source.post(&format!("/api/v1/auth/{path}"), body).await;
                assert!(answer.status < 429, "{path}: {}", answer.text);
            }
            for (path, body) in &group {
                too_many(&source.post(&format!("/api/v1/auth/{path}"), body).await);
            }
        }
    }
}
