//! Requests to the HTTP functions: bodies, headers, cookies and query strings.

use anyhow::Result;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_local::Stack;

use super::{Extreme, bodies};
use crate::events::sample;

/// An HTTP API takes this much of request line and headers, in bytes.
const HEADERS: usize = 10_000;

/// Operations that take a body, with their sample.
const WITH_BODY: [(&str, &str); 20] = [
    ("auth", "register"),
    ("auth", "login"),
    ("auth", "second-factor"),
    ("auth", "magic-link-consume"),
    ("auth", "password"),
    ("auth", "reset-password"),
    ("session", "refresh"),
    ("session", "switch"),
    ("hires", "create"),
    ("hires", "offboard"),
    ("organizations", "found"),
    ("organizations", "update"),
    ("team", "create-role"),
    ("team", "update"),
    ("team", "invite"),
    ("provision-run", "retry"),
    ("promo", "sign-up"),
    ("connections", "connect"),
    ("connections", "create-endpoint"),
    ("connections", "add-key"),
];

/// Operations whose headers and query string are read.
const WITHOUT_BODY: [(&str, &str); 11] = [
    ("session", "me"),
    ("connections", "list"),
    ("console", "hires"),
    ("hires", "list"),
    ("organizations", "get"),
    ("team", "list"),
    ("provision-run", "list"),
    ("promo", "list"),
    ("mailbox-password", "show"),
    ("discovery", "keys"),
    ("auth", "page-verify-email"),
];

pub(super) fn of(stack: &Stack, token: &str, wanted: &str) -> Result<Vec<Extreme>> {
    let password = stack.sample().password.expose_secret();
    let replaced = [("{token}", token), ("{email}", "admin@test-brand.local"), ("{password}", password)];
    let mut all = Vec::new();
    for (function, name) in WITH_BODY.into_iter().filter(|(function, _)| *function == wanted) {
        let event = sample(function, name, &replaced)?;
        let text = event["body"].as_str().unwrap_or("{}").to_owned();
        for (input, body) in bodies::of(&text)? {
            let mut event = event.clone();
            event["body"] = body.into();
            all.push(Extreme { function, input: format!("{name}: {input}"), event });
        }
    }
    for (function, name) in WITHOUT_BODY.into_iter().filter(|(function, _)| *function == wanted) {
        let event = sample(function, name, &replaced)?;
        all.extend(heads(function, name, &event));
    }
    Ok(all)
}

fn heads(function: &'static str, name: &str, event: &Value) -> Vec<Extreme> {
    let long = || "a".repeat(HEADERS);
    let headers = [
        ("authorization", format!("Bearer {}", long())),
        ("authorization", format!("Bearer {}", ".".repeat(HEADERS))),
        (
            "authorization",
            format!("Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vIn0.{}.{}", long(), "a".repeat(86)),
        ),
        ("idempotency-key", long()),
        ("user-agent", "\u{fdfa}".repeat(HEADERS / 3)),
        ("x-csrf-token", long()),
        ("content-type", ";".repeat(HEADERS)),
        ("accept", ",".repeat(HEADERS)),
        ("x-forwarded-for", "1,".repeat(HEADERS / 2)),
    ];
    let extreme =
        |input: String, event: Value| Extreme { function, input: format!("{name}: {input}"), event };
    let mut all = Vec::new();
    for (header, value) in headers {
        let mut event = event.clone();
        event["headers"][header] = value.into();
        all.push(extreme(format!("header {header}"), event));
    }
    for cookies in [
        vec!["a=b".to_owned(); HEADERS / 5],
        vec![format!("__Host-vestibule-access={}", long())],
        vec!["=;".repeat(HEADERS / 2)],
    ] {
        let mut event = event.clone();
        event["cookies"] = json!(cookies);
        if let Some(headers) = event["headers"].as_object_mut() {
            headers.remove("authorization");
        }
        all.push(extreme(format!("{} cookies", cookies.len()), event));
    }
    for query in [
        format!("cursor={}", long()),
        format!("token={}", long()),
        "a=b&".repeat(HEADERS / 4),
        format!("limit={}", "9".repeat(HEADERS)),
        "%".repeat(HEADERS),
    ] {
        let mut event = event.clone();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        event["queryStringParameters"] = pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect();
        event["rawQueryString"] = query.as_str().into();
        all.push(extreme(format!("query {}", &query[..8]), event));
    }
    all
}
