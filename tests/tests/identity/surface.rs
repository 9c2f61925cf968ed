//! P07: nothing answers but the listed paths with their methods, and only to real credentials.

use reqwest::Method;
use serde_json::json;
use vestibule_tests::App;
use vestibule_tests::identity::PASSWORD;

use crate::shapes::{KIM, limited, nothing_was_counted};

#[tokio::test(flavor = "multi_thread")]
async fn p07_only_the_listed_methods_and_paths_are_there() {
    let app = limited().await;
    let source = app.elsewhere();
    let body = json!({ "email": KIM, "password": PASSWORD });
    for method in
        ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECTED", "post", "PROPFIND"]
    {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        for path in ["login", "register", "second-factor", "reset-password", "refresh", "magic-link/consume"]
        {
            let request = source.request(method.clone(), &format!("/api/v1/auth/{path}")).json(&body);
            let answer = source.send(request).await;
            assert!(matches!(answer.status, 404 | 405), "{method} {path}: {} {}", answer.status, answer.text);
            assert!(!answer.text.contains("accessToken"));
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
        }
    }
    for path in [
        "/debug",
        "/metrics",
        "/health",
        "/admin",
        "/.env",
        "/api/v1/auth",
        "/api/v1/auth/",
        "/api/v1/auth/login/",
        "/api/v1//auth/login",
        "/api/v1/auth/../auth/login/x",
        "/API/V1/AUTH/LOGIN",
        "/api/v1/auth/login;x=1",
        "/api/v1/auth/login%2f",
        "/api/v1/auth/%6cogin",
        "/api/v1/auth/users",
        "/api/v1/auth/impersonate",
        "/api/v2/auth/login",
        "/api/auth/login",
        "/api/v1/auth/debug",
    ] {
        let answer = source.post(path, &body).await;
        assert!(matches!(answer.status, 404 | 405), "{path}: {} {}", answer.status, answer.text);
    }
    nothing_was_counted(&app, &source).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p07_a_method_named_in_a_header_query_or_body_is_not_taken() {
    let app = App::identity().await;
    let tokens = app.newcomer(KIM).await;
    let mine = app.with_token(&tokens);
    let me = mine.get("/api/v1/auth/me").await.expect(200);
    let session = format!("/api/v1/auth/sessions/{}", me.body["session"].as_str().unwrap());
    for (header, method) in [
        ("x-http-method-override", "DELETE"),
        ("x-http-method", "DELETE"),
        ("x-method-override", "delete"),
        ("x-http-method-override", "PATCH"),
    ] {
        for path in [session.as_str(), "/api/v1/auth/me"] {
            for verb in [Method::GET, Method::POST] {
                let request = mine.request(verb, &format!("{path}?_method={method}")).header(header, method);
                let answer = mine.send(request.json(&json!({ "_method": method, "name": "Changed" }))).await;
                assert!(matches!(answer.status, 200 | 404 | 405), "{header} {path}: {}", answer.text);
            }
        }
    }
    let same = mine.get("/api/v1/auth/me").await.expect(200);
    assert_eq!((&same.body["name"], &same.body["session"]), (&me.body["name"], &me.body["session"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn p07_the_debug_user_is_nobody_without_the_bypass() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    for name in ["debug_super_admin", "debug_tenant_admin", "admin@test-brand.local", ""] {
        for path in ["/api/v1/auth/me", "/api/v1/auth/sessions", "/api/auth/context", "/api/hires"] {
            let request = anyone.request(Method::GET, path).header("x-debug-user", name);
            let request = request.header("x-debug-tenant", "test-brand");
            assert_eq!(anyone.send(request).await.expect(401).code(), "unauthenticated");
        }
    }
    // Beside a token it changes nothing either.
    let mine = app.with_token(&app.newcomer(KIM).await);
    let request = mine.request(Method::GET, "/api/v1/auth/me").header("x-debug-user", "debug_super_admin");
    assert_eq!(mine.send(request).await.expect(200).body["email"], KIM);
}
