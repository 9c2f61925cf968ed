//! The check against a vendor on loopback.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use openidconnect::url::form_urlencoded;
use serde_json::{Value, json};

use super::*;

const ACTIONS: [Action; 5] =
    [Action::Register, Action::Login, Action::ForgotPassword, Action::MagicLink, Action::PromoSignUp];

/// A vendor that answers always the same and remembers the last form.
struct Double {
    url: String,
    form: Arc<Mutex<Option<HashMap<String, String>>>>,
}

impl Double {
    async fn answering(status: StatusCode, answer: String) -> Self {
        let form = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&form);
        let handler = move |body: String| async move {
            *seen.lock().unwrap() = Some(form_urlencoded::parse(body.as_bytes()).into_owned().collect());
            (status, answer)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/siteverify", listener.local_addr().unwrap());
        let router = axum::Router::new().route("/siteverify", post(handler));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, form }
    }

    async fn saying(answer: Value) -> Self {
        Self::answering(StatusCode::OK, answer.to_string()).await
    }

    fn check(&self, vendor: &str) -> BotCheck {
        check(vendor, &self.url)
    }

    fn form(&self) -> Option<HashMap<String, String>> {
        self.form.lock().unwrap().clone()
    }
}

fn check(vendor: &str, url: &str) -> BotCheck {
    let settings = HashMap::from([
        ("BOT_CHECK", vendor),
        ("BOT_CHECK_URL", url),
        ("BOT_CHECK_HOSTNAMES", "app.example, www.app.example"),
        ("BOT_CHECK_MIN_SCORE", "0.7"),
        ("BOT_CHECK_SITE_KEY", "site"),
    ]);
    BotCheck::from_settings(|name| settings.get(name).copied(), Some("planted".into())).unwrap()
}

fn good() -> Value {
    json!({ "success": true, "score": 0.7, "action": "login", "hostname": "app.example", "error-codes": [] })
}

async fn verdict(vendor: &str, answer: Value) -> BotVerdict {
    Double::saying(answer).await.check(vendor).check(Action::Login, Some("token"), None).await
}

#[tokio::test]
async fn a_person_passes_and_the_vendor_gets_what_it_needs() {
    for (vendor, site_key) in [("recaptcha", None), ("turnstile", None), ("hcaptcha", Some("site"))] {
        let double = Double::saying(good()).await;
        let check = double.check(vendor);
        assert_eq!(check.check(Action::Login, Some("a+b&c"), Some("203.0.113.7")).await, BotVerdict::Human);
        let form = double.form().unwrap();
        assert_eq!(form["secret"], "planted");
        assert_eq!(form["response"], "a+b&c");
        assert_eq!(form["remoteip"], "203.0.113.7");
        assert_eq!(form.get("sitekey").map(String::as_str), site_key);
        assert_eq!(
            check.check(Action::Login, Some("token"), Some("not an address")).await,
            BotVerdict::Human
        );
        assert!(!double.form().unwrap().contains_key("remoteip"));
    }
}

#[tokio::test]
async fn success_alone_is_no_pass() {
    let changed = |field: &str, value: Value| {
        let mut answer = good();
        answer[field] = value;
        answer
    };
    for vendor in ["recaptcha", "turnstile", "hcaptcha"] {
        for (field, value) in [
            ("success", json!(false)),
            ("hostname", json!("app.example.evil.example")),
            ("hostname", json!(null)),
        ] {
            assert_eq!(verdict(vendor, changed(field, value)).await, BotVerdict::Refused, "{vendor} {field}");
        }
        let upper = changed("hostname", json!("WWW.App.Example"));
        assert_eq!(verdict(vendor, upper).await, BotVerdict::Human);
    }
    for vendor in ["recaptcha", "turnstile"] {
        for action in [json!("register"), json!(null)] {
            assert_eq!(verdict(vendor, changed("action", action)).await, BotVerdict::Refused, "{vendor}");
        }
    }
    for score in [json!(0.69), json!(null)] {
        assert_eq!(verdict("recaptcha", changed("score", score)).await, BotVerdict::Refused);
    }
    // At hCaptcha a low score is a person.
    assert_eq!(verdict("hcaptcha", changed("score", json!(0.0))).await, BotVerdict::Human);
    assert_eq!(verdict("hcaptcha", changed("action", json!(null))).await, BotVerdict::Human);
}

#[tokio::test]
async fn tokens_that_cannot_be_real_are_refused_without_a_call() {
    for (vendor, longest) in [("recaptcha", 2048), ("turnstile", 2048), ("hcaptcha", 4096)] {
        let double = Double::saying(good()).await;
        let check = double.check(vendor);
        for token in [None, Some(""), Some(&*"x".repeat(longest + 1))] {
            assert_eq!(check.check(Action::Login, token, None).await, BotVerdict::Refused);
        }
        assert!(double.form().is_none());
        let longest = "x".repeat(longest);
        assert_eq!(check.check(Action::Login, Some(&longest), None).await, BotVerdict::Human);
    }
}

async fn assert_open_for_login_only(check: &BotCheck, case: &str) {
    for action in ACTIONS {
        let expected = if action == Action::Login { BotVerdict::Human } else { BotVerdict::Refused };
        assert_eq!(check.check(action, Some("token"), None).await, expected, "{case} {action:?}");
    }
}

#[tokio::test]
async fn without_an_answer_only_signing_in_goes_on() {
    let ours = |code: &str| json!({ "success": false, "error-codes": [code] }).to_string();
    for (status, answer) in [
        (StatusCode::INTERNAL_SERVER_ERROR, good().to_string()),
        (StatusCode::TOO_MANY_REQUESTS, good().to_string()),
        (StatusCode::OK, "<html>".to_owned()),
        (StatusCode::OK, "x".repeat(70_000)),
        (StatusCode::OK, ours("internal-error")),
        (StatusCode::OK, ours("invalid-input-secret")),
        (StatusCode::FOUND, String::new()),
    ] {
        let double = Double::answering(status, answer.clone()).await;
        assert_open_for_login_only(&double.check("turnstile"), &format!("{status} {answer:.40}")).await;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/", listener.local_addr().unwrap());
    let mut check = check("turnstile", &nobody);
    // Nobody accepts: the calls run into the limit.
    check.0.as_mut().unwrap().web = Web::new(Duration::from_millis(50));
    assert_open_for_login_only(&check, "no answer").await;
}

#[tokio::test]
async fn a_refused_token_is_refused_for_every_action() {
    for code in ["timeout-or-duplicate", "invalid-input-response", "never-seen-before"] {
        let double = Double::saying(json!({ "success": false, "error-codes": [code] })).await;
        for action in ACTIONS {
            let verdict = double.check("recaptcha").check(action, Some("token"), None).await;
            assert_eq!(verdict, BotVerdict::Refused, "{code}");
        }
    }
}

#[tokio::test]
async fn switched_off_everybody_passes() {
    for setting in [None, Some("off")] {
        let check = BotCheck::from_settings(|_| setting, None).unwrap();
        assert_eq!(check.check(Action::Register, None, None).await, BotVerdict::Human);
    }
}

#[test]
fn settings_that_would_let_anybody_in_are_refused() {
    let refusal = |changed: &str, value: Option<&'static str>, secret: Option<&str>| {
        let usual = HashMap::from([
            ("BOT_CHECK", "hcaptcha"),
            ("BOT_CHECK_HOSTNAMES", "a.example"),
            ("BOT_CHECK_SITE_KEY", "x"),
        ]);
        let setting = |name: &str| if name == changed { value } else { usual.get(name).copied() };
        BotCheck::from_settings(setting, secret.map(SecretString::from)).err().map(|error| error.setting)
    };
    assert_eq!(refusal("", None, Some("planted")), None);
    for (name, value) in [
        ("BOT_CHECK", Some("captcha")),
        ("BOT_CHECK_HOSTNAMES", None),
        ("BOT_CHECK_HOSTNAMES", Some(" , ")),
        ("BOT_CHECK_HOSTNAMES", Some("https://a.example")),
        ("BOT_CHECK_HOSTNAMES", Some("a.example/form")),
        ("BOT_CHECK_HOSTNAMES", Some("a.example,*.b.example")),
        ("BOT_CHECK_HOSTNAMES", Some("a.example:8080")),
        ("BOT_CHECK_MIN_SCORE", Some("1.1")),
        ("BOT_CHECK_MIN_SCORE", Some("NaN")),
        ("BOT_CHECK_SITE_KEY", None),
        ("BOT_CHECK_URL", Some("http://vendor.example/")),
    ] {
        assert_eq!(refusal(name, value, Some("planted")), Some(name));
    }
    for secret in [None, Some(""), Some(" ")] {
        assert_eq!(refusal("", None, secret), Some("BOT_CHECK_SECRET"));
    }
}

#[test]
fn debug_output_shows_no_secret() {
    assert!(!format!("{:?}", check("recaptcha", "http://localhost/")).contains("planted"));
}
