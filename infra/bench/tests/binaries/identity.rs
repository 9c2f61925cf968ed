//! The functions of sign-up and sign-in: every sample gets the answer that a stranger gets, and a sample person signs in
//! with one binary and stays in with the other.

use std::{collections::BTreeSet, path::Path};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_bench::{events::sample, runtime_api::Function};
use vestibule_local::Stack;

use super::{answer, stack, start};

/// Each sample of `auth` as it is, its placeholders left in: the status, and the problem's code where there is one.
const AUTH: [(&str, u64, &str); 17] = [
    ("register", 202, ""),
    ("verify-email", 400, "link_invalid"),
    ("login", 400, "body_invalid"),
    ("login-cookies", 400, "body_invalid"),
    ("admin-login", 400, "body_invalid"),
    ("second-factor", 401, "credentials_invalid"),
    ("magic-link", 202, ""),
    ("magic-link-consume", 400, "link_invalid"),
    ("forgot-password", 202, ""),
    ("reset-password", 400, "link_invalid"),
    ("password", 401, "unauthenticated"),
    ("totp", 401, "unauthenticated"),
    ("totp-confirm", 401, "unauthenticated"),
    ("recovery-codes", 401, "unauthenticated"),
    ("social-login", 404, "not_found"),
    ("page-verify-email", 200, ""),
    ("page-verify-email-form", 400, ""),
];

/// The same for `session`.
const SESSION: [(&str, u64, &str); 8] = [
    ("refresh", 401, "unauthenticated"),
    ("refresh-cookies", 401, "unauthenticated"),
    ("logout", 401, "unauthenticated"),
    ("me", 401, "unauthenticated"),
    ("sessions", 401, "unauthenticated"),
    ("context", 401, "unauthenticated"),
    ("switch", 401, "unauthenticated"),
    ("tenants", 401, "unauthenticated"),
];

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or_default()
}

/// The binary without the limit that a test with one source would meet.
async fn unlimited(stack: &Stack, function: &str) -> Function {
    start(stack, function, &[("SIGN_INS_PER_MINUTE", "1000")]).await.unwrap()
}

async fn signed_in(auth: &mut Function, stack: &Stack, name: &str) -> Value {
    let password = stack.sample().password.expose_secret().to_owned();
    let replaced = [("{email}", "admin@test-brand.local"), ("{password}", password.as_str())];
    let answer = auth.invoke(&sample("auth", name, &replaced).unwrap()).await.unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    answer
}

#[tokio::test]
async fn every_sample_gets_the_answer_that_a_stranger_gets() {
    for (function, expected) in [("auth", &AUTH[..]), ("session", &SESSION)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(function);
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let files: BTreeSet<String> = files.map(|name| name.into_string().unwrap()).collect();
        let named = expected.iter().map(|(name, ..)| format!("{name}.json")).collect();
        assert_eq!(files, named, "{function}");
        let stack = stack().await;
        let mut started = unlimited(&stack, function).await;
        for (name, status, code) in expected {
            let answer = started.invoke(&sample(function, name, &[]).unwrap()).await.unwrap();
            assert_eq!(answer["statusCode"], *status, "{function}/{name}: {answer}");
            assert_eq!(body(&answer)["code"].as_str().unwrap_or_default(), *code, "{function}/{name}");
        }
    }
}

#[tokio::test]
async fn somebody_signs_in_with_one_binary_and_stays_in_with_the_other() {
    let stack = stack().await;
    let (mut auth, mut session) = (unlimited(&stack, "auth").await, unlimited(&stack, "session").await);
    let tokens = body(&signed_in(&mut auth, &stack, "login").await);
    let tenant = stack.sample().tenant.id.to_string();
    let replaced = [
        ("{token}", tokens["accessToken"].as_str().unwrap()),
        ("{refresh}", tokens["refreshToken"].as_str().unwrap()),
        ("{tenant}", tenant.as_str()),
    ];
    for (name, status) in [
        ("me", 200),
        ("sessions", 200),
        ("context", 200),
        ("tenants", 200),
        ("switch", 200),
        ("refresh", 200),
        ("logout", 204),
        ("me", 401),
        ("refresh", 401),
    ] {
        let answer = session.invoke(&sample("session", name, &replaced).unwrap()).await.unwrap();
        assert_eq!(answer["statusCode"], status, "{name}: {answer}");
    }
}

#[tokio::test]
async fn a_browser_signs_in_and_refreshes_with_cookies() {
    let stack = stack().await;
    let (mut auth, mut session) = (unlimited(&stack, "auth").await, unlimited(&stack, "session").await);
    let answer = signed_in(&mut auth, &stack, "login-cookies").await;
    let cookie = |name: &str| {
        let lines = answer["cookies"].as_array().unwrap().iter().filter_map(Value::as_str);
        let values = lines.filter_map(|line| line.strip_prefix(&format!("__Host-vestibule-{name}=")));
        values.map(|rest| rest.split(';').next().unwrap().to_owned()).next().unwrap()
    };
    assert!(body(&answer).get("accessToken").is_none(), "{answer}");
    let (access, refresh, csrf) = (cookie("access"), cookie("refresh"), cookie("csrf"));
    let replaced = [("{token}", access.as_str()), ("{refresh}", refresh.as_str()), ("{csrf}", csrf.as_str())];
    let mut event = sample("session", "refresh-cookies", &replaced).unwrap();
    let refreshed = session.invoke(&event).await.unwrap();
    assert_eq!(refreshed["statusCode"], 200, "{refreshed}");
    assert_eq!(refreshed["cookies"].as_array().unwrap().len(), 3, "{refreshed}");
    event["headers"].as_object_mut().unwrap().remove("x-csrf-token");
    let refused = session.invoke(&event).await.unwrap();
    assert_eq!((&refused["statusCode"], &body(&refused)["code"]), (&json!(403), &json!("csrf_invalid")));
}

#[tokio::test]
async fn a_mail_that_no_row_waits_for_is_passed_over() {
    let answer = answer("outbox-mail", &sample("outbox-mail", "stream", &[]).unwrap()).await;
    assert_eq!(answer.unwrap(), json!({ "batchItemFailures": [] }));
}
