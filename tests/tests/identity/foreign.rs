//! What comes along with a browser's cookies and is not ours: other cookies, other credentials, other sites.

use reqwest::{Method, RequestBuilder, header::HeaderValue};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_local::StackOptions;
use vestibule_tests::identity::PASSWORD;
use vestibule_tests::{Answer, App};

use crate::cookies::{Jar, enter, send};

const ME: &str = "/api/v1/auth/me";
const MEMBER: &str = "member@test-brand.local";

/// A header of bytes, as browsers send what scripts of other pages have put there.
fn bytes(text: &[u8]) -> HeaderValue {
    HeaderValue::from_bytes(text).unwrap()
}

async fn me(app: &App, jar: &Jar, lines: &[&[u8]]) -> Answer {
    let actor = app.anonymous();
    let ours = jar.header();
    let request = actor.request(Method::GET, ME);
    let request = lines.iter().fold(request, |request, line| {
        let line = [*line].concat();
        let at = line.windows(2).position(|two| two == b"{}");
        let line = at.map_or(line.clone(), |at| [&line[..at], ours.as_bytes(), &line[at + 2..]].concat());
        request.header("cookie", bytes(&line))
    });
    actor.send(request).await
}

#[tokio::test]
async fn fault_03_a_foreign_cookie_beyond_ascii_signs_nobody_out() {
    let app = App::identity().await;
    let jar = enter(&app).await.1;
    let jars: [&[&[u8]]; 9] = [
        &[b"{}; lang=espa\xc3\xb1ol"],
        &[b"lang=espa\xf1ol; {}"],
        &[b"\xe5\x90\x8d=\xe5\x89\x8d; {}; \xff\xfe=1"],
        &[b"lang=\xc3\xb1", b"{}"],
        &[b"{}", b"\x80\x81; x"],
        &[b"open=\"; {}; more=\""],
        &[b"; ;=; flag; ={}; ", b"{}"],
        &[b"name=Zo\xc3\xab; {}; city=Z\xfcrich; mood=\xf0\x9f\x8d\xaa"],
        &[b"__Host-vestibule-access=; {}"],
    ];
    for lines in jars {
        let answer = me(&app, &jar, lines).await;
        assert_eq!(answer.status, 200, "{lines:?}: {}", answer.text);
    }
    let wide = [b"wide=".as_slice(), &b"\xc3\xb1".repeat(3000), b"; {}"].concat();
    me(&app, &jar, &[&wide]).await.expect(200);
    let refresh =
        app.anonymous().request(Method::POST, "/api/v1/auth/refresh").header("x-csrf-token", &jar.csrf);
    let cookies = [jar.header().as_bytes(), b"; lang=espa\xf1ol"].concat();
    app.anonymous().send(refresh.header("cookie", bytes(&cookies))).await.expect(200);
}

#[tokio::test]
async fn fault_03_the_receipt_of_a_link_is_found_beside_foreign_cookies() {
    let app = App::identity().await;
    let body = json!({ "email": "kim@example.org", "password": PASSWORD, "name": "Kim Example" });
    let asked = app.anonymous().post("/api/v1/auth/register", &body).await.expect(202);
    let receipt = asked.body["receipt"].as_str().unwrap();
    let token = app.link("kim@example.org", "verify-email", 1).await;
    let cookies =
        [b"lang=espa\xc3\xb1ol; __Host-vestibule-receipt=".as_slice(), receipt.as_bytes(), b"; x=\xff"]
            .concat();
    let request =
        app.anonymous().request(Method::POST, "/api/v1/auth/verify-email").json(&json!({ "token": token }));
    app.anonymous().send(request.header("cookie", bytes(&cookies))).await.expect(200);
}

#[tokio::test]
async fn fault_11_a_credential_of_another_kind_hides_no_cookie() {
    let app = App::identity().await;
    let jar = enter(&app).await.1;
    let others: [&[u8]; 8] = [
        b"Basic c3RhZ2luZzpnYXRl",
        b"Digest username=\"a\", realm=\"b, Bearer\", nonce=\"c\", uri=\"/\", response=\"d\"",
        b"",
        b"Negotiate YIIJ",
        b"AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c",
        b"Basic \xc3\xb1",
        b"\xff",
        b"Bearing x",
    ];
    for other in others {
        let request = app.anonymous().request(Method::GET, ME).header("cookie", jar.header());
        let answer = app.anonymous().send(request.header("authorization", bytes(other))).await;
        assert_eq!(answer.status, 200, "{other:?}: {}", answer.text);
        let call = app
            .anonymous()
            .request(Method::PATCH, ME)
            .header("cookie", jar.header())
            .json(&json!({ "name": "Mika" }));
        let call = call.header("authorization", bytes(other));
        let bare = call.try_clone().unwrap();
        assert_eq!(app.anonymous().send(bare).await.expect(403).code(), "csrf_invalid", "{other:?}");
        app.anonymous().send(call.header("x-csrf-token", &jar.csrf)).await.expect(200);
    }
    for wrong in
        [b"Bearer x".as_slice(), b"Bearer", b"bearer \xff", b"Basic a, Bearer x", b"Bearer x, Bearer y"]
    {
        let request = app.anonymous().request(Method::GET, ME).header("cookie", jar.header());
        let answer = app.anonymous().send(request.header("authorization", bytes(wrong))).await;
        assert_eq!(
            answer.status, 401,
            "{wrong:?}: a bearer token that is wrong is not made good by a cookie"
        );
    }
    let token = app.sample_login(MEMBER).await.access;
    let both = format!("Basic c3RhZ2luZzpnYXRl, Bearer {token}");
    let request = app.anonymous().request(Method::GET, ME).header("authorization", both);
    app.anonymous().send(request).await.expect(200);
}

#[tokio::test]
async fn fault_11_behind_a_gate_a_browser_refreshes_and_leaves() {
    let app = App::identity().await;
    for gate in [b"Basic c3RhZ2luZzpnYXRl".as_slice(), b""] {
        for (path, status) in [("refresh", 200), ("logout", 204)] {
            let (anyone, jar) = (app.anonymous(), enter(&app).await.1);
            let request = anyone.request(Method::POST, &format!("/api/v1/auth/{path}")).json(&json!({}));
            let request = request.header("cookie", jar.header()).header("authorization", bytes(gate));
            let refused = anyone.send(request.try_clone().unwrap()).await.expect(403);
            assert_eq!(refused.code(), "csrf_invalid", "{path} {gate:?}");
            let answer = anyone.send(request.header("x-csrf-token", &jar.csrf)).await;
            assert_eq!(answer.status, status, "{path} {gate:?}: {}", answer.text);
            assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 3, "{path} {gate:?}");
        }
    }
}

/// Requests of strangers that can be answered with cookies, and their status from our own pages.
fn openings(app: &App) -> Vec<(&'static str, Value, u16)> {
    let password = app.stack.sample().password.expose_secret();
    vec![
        ("/api/v1/auth/login", json!({ "email": MEMBER, "password": password, "cookies": true }), 200),
        (
            "/api/v1/auth/register",
            json!({ "email": "new@example.org", "password": PASSWORD, "name": "New" }),
            202,
        ),
        ("/api/v1/auth/second-factor", json!({ "ticket": "x", "code": "000000", "cookies": true }), 401),
        ("/api/v1/auth/magic-link/consume", json!({ "token": "x", "cookies": true }), 400),
        ("/api/v1/auth/verify-email", json!({ "token": "x" }), 400),
        ("/api/v1/auth/refresh", json!({}), 401),
        ("/api/v1/auth/logout", json!({}), 401),
        ("/api/v1/auth/social-login", json!({ "provider": "none" }), 404),
    ]
}

/// What browsers say of requests that another site has caused.
const FOREIGN: [&[(&str, &str)]; 7] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://127.0.0.1")],
    &[("origin", "")],
];

fn with(request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

#[tokio::test]
async fn attack_3_a_page_of_another_site_signs_nobody_in_or_out() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    let url = app.stack.url().to_owned();
    for (path, body, status) in openings(&app) {
        for headers in FOREIGN {
            let answer = anyone.send(with(anyone.request(Method::POST, path).json(&body), headers)).await;
            assert!(answer.headers.get("set-cookie").is_none(), "{path} {headers:?}");
            // Without `Sec-Fetch-Site` only what asks for cookies is refused.
            let refused = headers[0].0 == "sec-fetch-site" || body["cookies"] == true;
            let expected = if refused { (403, "csrf_invalid") } else { (status, answer.code()) };
            assert_eq!((answer.status, answer.code()), expected, "{path} {headers:?}: {}", answer.text);
        }
        let own: [&[(&str, &str)]; 5] = [
            &[],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", &url)],
            &[("sec-fetch-site", "same-origin"), ("origin", &url)],
        ];
        for headers in own {
            let answer = anyone.send(with(anyone.request(Method::POST, path).json(&body), headers)).await;
            assert_eq!(answer.status, status, "{path} {headers:?}: {}", answer.text);
        }
    }
    for page in [
        "verify-email",
        "magic-link",
        "reset-password",
        "confirm-email",
        "undo-email",
        "second-factor",
        "register",
        "forgot-password",
        "sign-in-link",
        "admin",
        "sign-out",
        "/promo",
        "/mailbox/password",
        "",
    ] {
        let path = match page {
            "" => "/".to_owned(),
            page if page.starts_with('/') => page.to_owned(),
            page => format!("/auth/{page}"),
        };
        for headers in FOREIGN {
            let request =
                anyone.request(Method::POST, &path).form(&[("token", "x"), ("ticket", "x"), ("code", "1")]);
            anyone.send(with(request, headers)).await.expect(403);
        }
    }
}

#[tokio::test]
async fn attack_3_a_bearer_token_may_be_sent_from_anywhere() {
    let app = App::identity().await;
    for headers in FOREIGN {
        let mine = app.with_token(&app.sample_login(MEMBER).await);
        mine.send(with(mine.request(Method::PATCH, ME).json(&json!({ "name": "Mika" })), headers))
            .await
            .expect(200);
        mine.send(with(mine.request(Method::POST, "/api/v1/auth/logout"), headers)).await.expect(204);
    }
}

#[tokio::test]
async fn attack_3_json_needs_its_content_type_where_there_is_a_body() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    let jar = enter(&app).await.1;
    let admin = app.admin();
    let hire = json!({ "givenName": "Ada", "familyName": "New", "personalEmail": "ada.new@example.org" });
    let mut calls: Vec<_> = openings(&app).into_iter().map(|(path, body, _)| (&anyone, path, body)).collect();
    calls.push((&admin, "/api/hires", hire));
    for (actor, path, body) in calls {
        for kind in [None, Some(""), Some("text/plain"), Some("application/json+x"), Some("\u{f1}")] {
            let request = actor.request(Method::POST, path).body(body.to_string());
            let request =
                kind.into_iter().fold(request, |request, kind| request.header("content-type", kind));
            let answer = actor.send(request).await;
            assert_eq!(
                (answer.status, answer.code()),
                (400, "body_invalid"),
                "{path} {kind:?}: {}",
                answer.text
            );
            assert!(answer.text.contains("application/json"), "{}", answer.text);
        }
    }
    // Nothing needs no type: where `{}` is a body, an empty one is too.
    let refreshed =
        send(&anyone, ("POST", "/api/v1/auth/refresh", &Value::Null), &jar.header(), Some(&jar.csrf)).await;
    let jar = Jar::of(&refreshed.expect(200));
    send(&anyone, ("POST", "/api/v1/auth/logout", &Value::Null), &jar.header(), Some(&jar.csrf))
        .await
        .expect(204);
}

#[tokio::test]
async fn pages_of_allowed_origins_call_with_a_token_and_all_others_do_not() {
    const APP: &str = "https://app.example.com";
    let allowed = |options: &mut StackOptions| {
        options.parameters.insert("AllowedOrigins".into(), format!("{APP}, http://localhost:3000"));
    };
    let app = App::identity_with(allowed).await;
    let anyone = app.anonymous();
    let preflight = async |origin: &'static str| {
        let request = anyone.request(Method::OPTIONS, ME).header("origin", origin);
        let request = request.header("access-control-request-method", "PATCH");
        anyone.send(request.header("access-control-request-headers", "authorization,content-type")).await
    };
    let asked = preflight(APP).await;
    assert_eq!((asked.status, &asked.headers["access-control-allow-origin"]), (200, &APP.parse().unwrap()));
    assert!(!asked.headers.contains_key("access-control-allow-credentials"));
    assert!(!preflight("https://evil.example").await.headers.contains_key("access-control-allow-origin"));
    let mine = app.with_token(&app.sample_login(MEMBER).await);
    let body = json!({ "name": "Mika" });
    for (origin, readable) in [(APP, true), ("https://evil.example", false)] {
        let request = mine.request(Method::PATCH, ME).json(&body).header("origin", origin);
        let answer = mine.send(request.header("sec-fetch-site", "cross-site")).await.expect(200);
        assert_eq!(answer.headers.contains_key("access-control-allow-origin"), readable, "{origin}");
    }
}
