use axum::body::to_bytes;

use super::*;

const HOSTILE: &str = "\"><script>alert(1)</script><b style='x'>{{ token }}&'";

fn pages() -> Pages {
    Pages::new("Test Brand").unwrap()
}

fn confirm(text: &str) -> Response {
    pages().confirm(&ConfirmPage { title: text, text, action: "/a", token: text, button: text })
}

fn each() -> [(&'static str, u16, Response); 8] {
    let pages = pages();
    let next = Some(("Sign in", "https://crm.example/sign-in"));
    [
        ("confirm", 200, confirm("Confirm")),
        ("new_password", 200, pages.new_password("/api/v1/auth/reset-password", "AbC-_1", None, 15)),
        ("problem", 422, pages.new_password("/api/v1/auth/reset-password", "AbC-_1", Some("Too short."), 15)),
        ("own_password", 200, pages.own_password("/auth/verify-email", "AbC-_1", None)),
        ("not it", 422, pages.own_password("/auth/verify-email", "AbC-_1", Some("Not it."))),
        ("done", 200, pages.done("Done", "Your password was changed.", next)),
        ("done without a link", 200, pages.done("Done", "Your password was changed.", None)),
        ("expired", 400, pages.expired(Some(("Ask for a new link", "/forgot-password")))),
    ]
}

async fn html(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).unwrap().0
}

#[test]
fn every_page_has_its_status_and_the_same_strict_headers() {
    for (name, status, response) in each() {
        assert_eq!(response.status().as_u16(), status, "{name}");
        for (header, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("x-robots-tag", "noindex"),
        ] {
            assert_eq!(response.headers()[header], value, "{name}");
        }
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        let rest = policy.strip_prefix("default-src 'none'; style-src 'sha256-").unwrap();
        let (hash, rest) = rest.split_once("'; ").unwrap();
        assert_eq!(hash.len(), 44, "{name}");
        assert_eq!(rest, "form-action 'self'; base-uri 'none'; frame-ancestors 'none'", "{name}");
    }
}

#[tokio::test]
async fn the_policy_allows_the_very_style_that_is_sent() {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    for (name, _, response) in each() {
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let html = html(response).await;
        let sent = STANDARD.encode(digest(&SHA256, between(&html, "<style>", "</style>").as_bytes()));
        assert_eq!(between(&policy, "'sha256-", "'"), sent, "{name}");
    }
}

#[tokio::test]
async fn every_page_is_whole_and_has_no_script_and_no_inline_style() {
    for (name, _, response) in each() {
        let html = html(response).await;
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}");
        for once in ["<h1>", "<main>", "<title>", "<style>", "name=\"viewport\""] {
            assert_eq!(html.matches(once).count(), 1, "{name}: {once}");
        }
        let body = html.split_once("</style>").unwrap().1;
        for never in ["<script", "<style", "style=", "javascript:", "http-equiv", "<base"] {
            assert!(!body.contains(never), "{name}: {never}");
        }
        assert!(!body.split_whitespace().any(|word| word.starts_with("on") && word.contains('=')), "{name}");
    }
}

#[tokio::test]
async fn markup_in_any_value_is_shown_not_run() {
    let pages = pages();
    let hostile_product = Pages::new(HOSTILE).unwrap();
    for response in [
        confirm(HOSTILE),
        pages.new_password(HOSTILE, HOSTILE, Some(HOSTILE), 15),
        pages.own_password(HOSTILE, HOSTILE, Some(HOSTILE)),
        pages.done(HOSTILE, HOSTILE, Some((HOSTILE, "/next"))),
        pages.expired(Some((HOSTILE, "/next"))),
        hostile_product.done("Done", "Done.", None),
    ] {
        let html = html(response).await;
        assert!(!html.contains("<script") && !html.contains("<b "), "{html}");
        assert!(html.contains("&quot;&gt;&lt;script&gt;"), "{html}");
        assert!(html.contains("{{ token }}&amp;&#x27;"), "{html}");
    }
}

#[tokio::test]
async fn the_confirm_form_posts_the_token() {
    let page = ConfirmPage {
        title: "Confirm your address",
        text: "One click.",
        action: "/api/v1/auth/verify-email",
        token: "AbC-_1",
        button: "Confirm",
    };
    let html = html(pages().confirm(&page)).await;
    assert!(html.contains("<form method=\"post\" action=\"&#x2f;api&#x2f;v1&#x2f;auth&#x2f;verify-email\">"));
    assert!(html.contains("<input type=\"hidden\" name=\"token\" value=\"AbC-_1\">"));
    assert!(html.contains("<title>Confirm your address · Test Brand</title>"));
}

#[tokio::test]
async fn the_password_field_is_labelled_and_says_its_rules_and_problem() {
    let [_, (_, _, fresh), (_, _, refused), ..] = each();
    let (fresh, refused) = (html(fresh).await, html(refused).await);
    for html in [&fresh, &refused] {
        assert!(html.contains("<label for=\"password\">") && html.contains("id=\"password\""));
        assert!(html.contains("autocomplete=\"new-password\" minlength=\"15\" required"));
        assert!(html.contains("At least 15 characters"));
    }
    assert!(fresh.contains("aria-describedby=\"rules\"") && !fresh.contains("aria-invalid=\"true\""));
    assert!(refused.contains("aria-describedby=\"rules problem\" aria-invalid=\"true\""));
    assert!(refused.contains("id=\"problem\" role=\"alert\">Too short.</p>"));
    assert!(refused.contains("<title>Not saved: Set a new password"));
}

#[tokio::test]
async fn a_link_to_anything_but_a_page_is_left_out() {
    for href in [
        "javascript:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "data:,x",
        "",
        "/a b",
        "HTTPS:evil.example",
    ] {
        let html = html(pages().done("Done", "Done.", Some(("On", href)))).await;
        assert!(!html.contains("<a "), "{href}");
    }
    for href in ["/sign-in?a=1&b=2", "https://crm.example/", "http://127.0.0.1:8080/"] {
        let html = html(pages().done("Done", "Done.", Some(("On", href)))).await;
        assert!(html.contains("<a class=\"button\" href="), "{href}");
    }
}
