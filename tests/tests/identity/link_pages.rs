//! The pages behind links: a mail scanner that looks first uses nothing up.

use reqwest::Method;
use serde_json::json;
use vestibule_tests::{Actor, Answer, App, identity::PASSWORD};

const KIM: &str = "kim@example.org";
const MOVED: &str = "moved@example.org";
const NEW: &str = "thimble orchard granite nine";

async fn form(actor: &Actor, page: &str, fields: &[(&str, &str)], site: Option<&str>) -> Answer {
    let request = actor.request(Method::POST, &format!("/auth/{page}")).form(fields);
    actor.send(site.into_iter().fold(request, |request, site| request.header("sec-fetch-site", site))).await
}

fn is_private(answer: &Answer) {
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let policy = header("content-security-policy");
    for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    assert!(!answer.text.contains("<script") && !answer.text.contains("http-equiv"), "{}", answer.text);
}

/// Follows a link as scanners do, as another site would, and then as the person does.
async fn scanned_then_used(app: &App, page: &str, token: &str) -> Answer {
    let (anonymous, path) = (app.anonymous(), format!("/auth/{page}?token={token}"));
    let password = if page == "reset-password" { NEW } else { PASSWORD };
    let fields = [("token", token), ("password", password)];
    let fields =
        if page.ends_with("-email") || page == "reset-password" { &fields[..] } else { &fields[..1] };
    for _ in 0..10 {
        let shown = anonymous.get(&path).await.expect(200);
        is_private(&shown);
        assert!(shown.headers.get("set-cookie").is_none() && shown.headers.get("location").is_none());
        assert!(shown.text.contains(token) && shown.text.contains("method=\"post\""), "{}", shown.text);
        let head = anonymous.send(anonymous.request(Method::HEAD, &path)).await;
        assert!(head.status < 500 && head.headers.get("set-cookie").is_none());
    }
    for site in ["cross-site", "same-site", "evil"] {
        form(&anonymous, page, fields, Some(site)).await.expect(403);
    }
    let done = form(&anonymous, page, fields, Some("same-origin")).await;
    assert!(matches!(done.status, 200 | 303), "{}", done.text);
    if done.status == 200 {
        is_private(&done);
    }
    assert_eq!(done.headers["cache-control"], "no-store");
    assert!(!done.text.contains(token));
    for site in [None, Some("same-origin")] {
        let again = form(&anonymous, page, fields, site).await.expect(400);
        is_private(&again);
        assert!(again.headers.get("set-cookie").is_none() && !again.text.contains(token));
    }
    done
}

#[tokio::test]
async fn r05_scanners_that_follow_a_link_first_use_nothing_up() {
    let app = App::identity().await;
    let anonymous = app.anonymous();
    let body = json!({ "email": KIM, "password": PASSWORD, "name": "Kim Example" });
    anonymous.post("/api/v1/auth/register", &body).await.expect(202);
    let token = app.link(KIM, "verify-email", 1).await;
    scanned_then_used(&app, "verify-email", &token).await;
    let tokens = app.login(KIM).await;

    anonymous.post("/api/v1/auth/magic-link", &json!({ "email": KIM })).await.expect(202);
    let token = app.link(KIM, "magic-link", 1).await;
    let entered = scanned_then_used(&app, "magic-link", &token).await;
    let cookies: Vec<_> = entered.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 3);
    let pairs: Vec<_> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
    let request = anonymous.request(Method::GET, "/api/v1/auth/me").header("cookie", pairs.join("; "));
    assert_eq!(anonymous.send(request).await.expect(200).body["email"], KIM);

    let change = json!({ "email": MOVED, "password": PASSWORD });
    app.with_token(&tokens).post("/api/v1/auth/email", &change).await.expect(202);
    let token = app.link(MOVED, "confirm-email", 1).await;
    scanned_then_used(&app, "confirm-email", &token).await;
    app.login(MOVED).await;
    let token = app.link(KIM, "undo-email", 1).await;
    scanned_then_used(&app, "undo-email", &token).await;
    app.try_login(&anonymous, MOVED, PASSWORD).await.expect(401);

    let token = app.link(KIM, "reset-password", 1).await;
    scanned_then_used(&app, "reset-password", &token).await;
    app.try_login(&anonymous, KIM, NEW).await.expect(200);
}

#[tokio::test]
async fn r05_pages_for_made_up_tokens_tell_nothing_and_carry_nothing_along() {
    let app = App::identity().await;
    let anonymous = app.anonymous();
    let script = "\"><script>alert(1)</script>";
    for page in ["verify-email", "magic-link", "reset-password", "confirm-email", "undo-email"] {
        for token in ["", &"a".repeat(201), &"a".repeat(5000)] {
            is_private(&anonymous.get(&format!("/auth/{page}?token={token}")).await.expect(400));
        }
        anonymous.get(&format!("/auth/{page}")).await.expect(400);
        let shown = anonymous
            .send(anonymous.request(Method::GET, &format!("/auth/{page}")).query(&[("token", script)]));
        let shown = shown.await.expect(200);
        is_private(&shown);
        let made_up = form(&anonymous, page, &[("token", script), ("password", NEW)], None).await.expect(400);
        let other = form(&anonymous, page, &[("token", "AAAA"), ("password", NEW)], None).await.expect(400);
        assert_eq!(made_up.text, other.text, "{page}");
        is_private(&made_up);
        anonymous
            .send(anonymous.request(Method::POST, &format!("/auth/{page}")).json(&json!({ "token": "x" })))
            .await
            .expect(400);
    }
}
