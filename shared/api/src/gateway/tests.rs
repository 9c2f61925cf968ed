use axum::{Router, body::Bytes, http::Uri};
use lambda_runtime::{Context, LambdaEvent};
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};

use crate::{finish, lambda::answer};

/// Answers with what it got, so that a test sees what arrived.
fn echo() -> Router {
    let echo = |uri: Uri, headers: http::HeaderMap, body: Bytes| async move {
        let cookies = headers.get_all("cookie").iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
        format!("{} {:?} {}", uri.path(), cookies.collect::<Vec<_>>(), body.len())
    };
    finish(Router::new().route("/api/hires", axum::routing::any(echo)), true)
}

fn event() -> Value {
    json!({
        "version": "2.0",
        "routeKey": "POST /api/hires",
        "rawPath": "/api/hires",
        "rawQueryString": "a=1",
        "cookies": ["a=1", "b=2"],
        "headers": { "host": "api.example.com", "x-forwarded-proto": "https", "content-type": "application/json" },
        "queryStringParameters": { "a": "1" },
        "pathParameters": { "id": "x" },
        "stageVariables": { "a": "b" },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "api.example.com", "domainPrefix": "api",
            "authentication": null,
            "authorizer": { "jwt": { "claims": { "a": "b" }, "scopes": ["c"] } },
            "http": { "method": "POST", "path": "/api/hires", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                "userAgent": "test" },
            "requestId": "r", "routeKey": "POST /api/hires", "stage": "$default",
            "time": "20/Nov/2026:09:14:08 +0000", "timeEpoch": 1_795_166_048_000_i64
        },
        "body": "eyB9",
        "isBase64Encoded": true
    })
}

/// Every field that an event can have.
#[rustfmt::skip]
const FIELDS: [&str; 30] = [
    "", "/version", "/routeKey", "/rawPath", "/rawQueryString", "/cookies", "/cookies/0", "/headers",
    "/headers/host", "/headers/x-forwarded-proto", "/headers/content-type", "/queryStringParameters",
    "/queryStringParameters/a", "/pathParameters", "/stageVariables", "/requestContext",
    "/requestContext/domainName", "/requestContext/authentication", "/requestContext/authorizer",
    "/requestContext/authorizer/jwt", "/requestContext/http", "/requestContext/http/method",
    "/requestContext/http/path", "/requestContext/http/sourceIp", "/requestContext/http/userAgent",
    "/requestContext/requestId", "/requestContext/stage", "/requestContext/timeEpoch", "/body",
    "/isBase64Encoded",
];

/// Texts that fit nowhere, or look as if they did.
#[rustfmt::skip]
const TEXTS: [&str; 82] = [
    "", " ", "a b", "localhost:99999", "localhost:-1", "localhost:", ":80", "[::1", "[::1]:80", "[zz]",
    "256.256.256.256", "1.2.3", "0x7f.1", "a..b", "-", "xn--a", "xn--", "user@host", "user:secret@host",
    "a/b", "a?b", "a#b", "a\\b", "%", "%zz", "%00", "\u{0}", "\r\n", "a\nb", "\u{7f}", "é", "ñ.example",
    "\u{202e}", "\u{fffd}", "🍪", "/", "//", "///", "//evil.example", "/..", "/../..", "/%2e%2e",
    "/api/hires/", "api/hires", "/a b", "/é", "/\u{0}", "/a?b", "/a#b", "?", "a=<", "a=\"", "a={}", "a=^`|",
    "a=\u{1f36a}", "=", "===", "A", "AA", "AAA=", "A===", "e30", "e30=\n", "-_-_", "GET", "get", "G T", "",
    "http", "https", "ftp", "javascript", "file", "data", "://", "$default", "dev", "prod/x", "2.0", "1.0",
    "true", "null",
];

/// The texts, and values of every other kind.
fn odd() -> Vec<Value> {
    let others = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!([]),
        json!({}),
        json!([null]),
        json!([1, "a"]),
        json!(["a=1", "\u{0}", "é=ü", "a;b", "\n"]),
        json!([[104, 105]]),
        json!({ "a": null }),
        json!({ "host": ["a", "b:99999"] }),
        json!({ "host": "b:99999" }),
        json!({ "host": [] }),
        json!({ "a b": "c" }),
        json!({ "": "" }),
        json!({ "x": "\u{1}" }),
        json!({ "cookie": "é=1; a" }),
        json!("x".repeat(70_000)),
        json!(format!("/{}", "x".repeat(70_000))),
    ];
    TEXTS.iter().map(|text| json!(text)).chain(others).collect()
}

fn set(event: &mut Value, field: &str, value: Value) {
    if let Some(found) = event.pointer_mut(field) {
        *found = value;
    }
}

fn sent(event: &str) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let payload = RawValue::from_string(event.to_owned()).unwrap();
    let answered = runtime.block_on(answer(echo(), LambdaEvent::new(payload, Context::default()))).unwrap();
    serde_json::to_value(answered).unwrap()
}

/// An answer that the gateway takes: 200, or a 4xx that is a problem with all its parts.
fn well_formed(event: &Value) -> u64 {
    let answer = sent(&event.to_string());
    let status = answer["statusCode"].as_u64().unwrap();
    assert!(answer["headers"]["x-content-type-options"] == "nosniff", "{event}: {answer}");
    if status != 200 {
        assert!((400..500).contains(&status), "{event}: {answer}");
        assert_eq!(answer["headers"]["content-type"], "application/problem+json");
        let problem: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{problem}");
    }
    status
}

#[test]
fn attack_2_every_field_of_an_event_may_be_anything() {
    let (mut refused, mut taken) = (0, 0);
    for field in FIELDS {
        for value in odd() {
            let mut event = event();
            set(&mut event, field, value);
            if well_formed(&event) == 400 { refused += 1 } else { taken += 1 }
        }
        let (parent, name) = field.rsplit_once('/').unwrap_or(("", "none"));
        let mut event = event();
        event.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|parent| parent.remove(name));
        well_formed(&event);
    }
    assert!(refused > 500 && taken > 500, "{refused} refused, {taken} taken");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn attack_2_events_changed_in_several_places_are_answered(
        changes in prop::collection::vec((0..FIELDS.len(), any::<prop::sample::Index>()), 1..5),
        text in any::<String>(),
        place in 0..FIELDS.len(),
    ) {
        let (mut event, odd) = (event(), odd());
        for (field, value) in changes {
            set(&mut event, FIELDS[field], value.get(&odd).clone());
        }
        set(&mut event, FIELDS[place], json!(text));
        well_formed(&event);
    }
}

#[test]
fn attack_2_hosts_that_are_none_are_told_and_the_next_request_is_served() {
    for (field, value, named) in [
        ("/headers/host", "localhost:99999", "Host"),
        ("/headers/host", "a b", "Host"),
        ("/headers/host", "user@api.example.com", "Host"),
        ("/headers/host", "", "Host"),
        ("/headers/x-forwarded-proto", "a b", "X-Forwarded-Proto"),
        ("/rawPath", "api/hires", "path"),
        ("/rawQueryString", "a=<b>", "query"),
        ("/requestContext/stage", "dev", "stage"),
        ("/requestContext/http/method", "G T", "method"),
        ("/body", "not Base64", "Base64"),
    ] {
        let mut event = event();
        set(&mut event, field, json!(value));
        let answer = sent(&event.to_string());
        assert_eq!(answer["statusCode"], 400, "{field} {value}: {answer}");
        let body = answer["body"].as_str().unwrap();
        assert!(body.contains(named) && (value.is_empty() || !body.contains(value)), "{body}");
    }
    assert_eq!(sent(&event().to_string())["statusCode"], 200);
}

#[test]
fn fault_03_each_cookie_of_an_event_arrives_whatever_the_others_are() {
    let mut event = event();
    event["cookies"] = json!(["lang=español", "a=1", "bad=\u{0}", "\r\n", "b=2"]);
    let answer = sent(&event.to_string());
    assert_eq!(answer["body"], "/api/hires [\"lang=español\", \"a=1\", \"b=2\"] 3");
}
