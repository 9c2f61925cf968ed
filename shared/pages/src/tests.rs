use axum::body::to_bytes;

use super::*;
use vestibule_api::{Code, FieldProblem};

const HOSTILE: &str = "\"><script>alert(1)</script><b style='x'>{{ token }}&'";

fn pages() -> Pages {
    Pages::new("Test Brand", "https://accounts.example", None).unwrap()
}

fn form(text: &str) -> Form<'_> {
    Form {
        title: text,
        text,
        action: text,
        hidden: vec![("token", text)],
        fields: vec![
            Field::name(text),
            Field::email(text).hint(text),
            Field::password(),
            Field::code(),
            Field { name: "new", ..Field::new_password("New password", 15) },
        ],
        button: text,
        ways: vec![(text.to_owned(), "/auth/social?provider=x".to_owned())],
        links: vec![Link { label: text, href: "/" }],
        bot: None,
        problem: None,
    }
}

fn refusal(field: &str, detail: &str) -> ApiError {
    let fields = vec![FieldProblem { field: field.to_owned(), detail: detail.to_owned() }];
    ApiError::Problem { code: Code::Invalid, detail: detail.to_owned(), fields }
}

fn each() -> [(&'static str, u16, Response); 7] {
    let pages = pages();
    let next = Some(("Sign in", "https://crm.example/sign-in"));
    let leave = [Choice { label: "Sign out".to_owned(), action: "/auth/sign-out", sends: ("csrf", "AbC") }];
    [
        ("form", 200, pages.form(&form("Go"))),
        ("refused field", 422, pages.refused(form("Go"), refusal("email", "Give one."))),
        ("refused form", 401, pages.refused(form("Go"), ApiError::credentials())),
        ("done", 200, pages.done("Done", "Your password was changed.", next)),
        ("done without a link", 200, pages.done("Done", "Your password was changed.", None)),
        ("choices", 200, pages.choose("Welcome", "You are signed in.", next, &leave)),
        ("expired", 400, pages.expired(Some(("Ask for a new link", "/forgot-password")))),
    ]
}

async fn html(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
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
        let rest = policy.strip_prefix("default-src 'none'; style-src 'self'; ").unwrap();
        let fixed = "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        assert_eq!(rest, fixed, "{name}");
    }
}

#[tokio::test]
async fn every_page_is_whole_and_has_no_script_and_no_inline_style() {
    for (name, _, response) in each() {
        let html = html(response).await;
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}");
        for once in ["<h1>", "<main>", "<title>", "rel=\"stylesheet\"", "name=\"viewport\""] {
            assert_eq!(html.matches(once).count(), 1, "{name}: {once}");
        }
        let body = html.split_once("</title>").unwrap().1;
        for never in ["<script", "<style", "style=", "javascript:", "http-equiv", "<base"] {
            assert!(!body.contains(never), "{name}: {never}");
        }
        assert!(!body.split_whitespace().any(|word| word.starts_with("on") && word.contains('=')), "{name}");
    }
}

#[tokio::test]
async fn markup_in_any_value_is_shown_not_run() {
    let pages = pages();
    let hostile_product = Pages::new(HOSTILE, "https://accounts.example", None).unwrap();
    for response in [
        pages.form(&form(HOSTILE)),
        pages.refused(form(HOSTILE), refusal("email", HOSTILE)),
        pages.refused(form(HOSTILE), refusal("other", HOSTILE)),
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
async fn a_form_posts_what_is_hidden_and_what_is_typed() {
    let form = Form {
        title: "Sign in",
        action: "/auth/sign-in",
        hidden: vec![("token", "AbC-_1")],
        fields: vec![Field::email("kim@example.org")],
        button: "Sign in",
        ..Form::default()
    };
    let html = html(pages().form(&form)).await;
    assert!(html.contains("<form method=\"post\" action=\"&#x2f;auth&#x2f;sign-in\">"), "{html}");
    assert!(html.contains("<input type=\"hidden\" name=\"token\" value=\"AbC-_1\">"), "{html}");
    assert!(html.contains("autocomplete=\"username\" maxlength=\"254\" value=\"kim@example.org\""), "{html}");
    assert!(html.contains("<title>Sign in · Test Brand</title>"), "{html}");
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_tells_the_problem_at_its_field() {
    let typed = Form {
        title: "Make an account",
        action: "/auth/register",
        fields: vec![Field::email("kim@example"), Field::new_password("Password", 15)],
        button: "Go",
        ..Form::default()
    };
    let refused = html(pages().refused(typed.clone(), refusal("email", "Give a whole address."))).await;
    assert!(
        refused.contains("value=\"kim@example\" aria-describedby=\"email-problem \" aria-invalid=\"true\""),
        "{refused}"
    );
    assert!(refused.contains("id=\"email-problem\">Give a whole address.</p>"), "{refused}");
    assert!(refused.contains("<title>Not done: Make an account"), "{refused}");
    assert!(!refused.contains("role=\"alert\""), "{refused}");
    assert!(refused.contains("minlength=\"15\" aria-describedby=\"password-hint\""), "{refused}");
    let above = html(pages().refused(typed, refusal("receipt", "Open the newest mail."))).await;
    assert!(
        above.contains("role=\"alert\">Open the newest mail.</p>")
            && !above.contains("aria-invalid=\"true\""),
        "{above}"
    );
}

#[tokio::test]
async fn the_check_for_programs_brings_its_vendors_script_and_nothing_else() {
    let widget = BotWidget {
        script: "https://vendor.example/api.js",
        class: "vendor-check",
        site_key: "site-1".to_owned(),
        hosts: "https://vendor.example",
    };
    let pages = Pages::new("Test Brand", "https://accounts.example", Some(widget)).unwrap();
    let checked = pages.form(&Form { bot: Some("login"), ..form("Go") });
    let policy = checked.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("script-src https://vendor.example; frame-src https://vendor.example"),
        "{policy}"
    );
    let html_of_it = html(checked).await;
    let element = "<div class=\"vendor-check\" data-sitekey=\"site-1\" data-action=\"login\"></div>";
    assert!(html_of_it.contains(element), "{html_of_it}");
    assert!(!html(pages.form(&form("Go"))).await.contains("<script"));
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
