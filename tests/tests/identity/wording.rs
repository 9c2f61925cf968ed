//! What is said about bodies of the wrong shape, at every described operation: which field, what to do, and nothing
//! of what was sent or of the library that read it.

use reqwest::Method;
use serde_json::{Map, Value, json};
use vestibule_tests::{Actor, Answer, App};

const ADMIN: &str = "admin@test-brand.local";
/// A secret in the wrong place.
const MARK: &str = "zq7secretzq7";
/// Words of the library that reads bodies, and of the language.
const LIBRARY: [&str; 24] = [
    "struct",
    "enum",
    "variant",
    "expected",
    "invalid type",
    "invalid value",
    "unknown field",
    "missing field",
    "duplicate field",
    "u8",
    "u16",
    "u32",
    "u64",
    "i64",
    "f64",
    "usize",
    "sequence",
    "tuple",
    " map",
    "deserialize",
    "serde",
    "at line",
    "EOF",
    "identifier",
];

/// An operation that takes JSON: method, path with ids in it, and the fields of its body.
struct Operation {
    method: Method,
    path: String,
    fields: Map<String, Value>,
}

fn operations(document: &Value) -> Vec<Operation> {
    let resolve = |schema: &Value| match schema["$ref"].as_str() {
        Some(name) => document.pointer(name.trim_start_matches('#')).unwrap().clone(),
        None => schema.clone(),
    };
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() || path.contains("esign") {
                continue;
            }
            let fields = resolve(schema)["properties"].as_object().cloned().unwrap_or_default();
            let fields = fields.into_iter().map(|(name, schema)| (name, resolve(&schema))).collect();
            let path = path.replace("{id}", &format!("{}_01ARZ3NDEKTSV4RRFFQ69G5FAV", kind(operation)));
            found.push(Operation { method: method.to_uppercase().parse().unwrap(), path, fields });
        }
    }
    found
}

/// What stands in front of the id in an operation's path, by the pattern that it is described with.
fn kind(operation: &Value) -> &str {
    let patterns = operation["parameters"].as_array().into_iter().flatten();
    let mut patterns = patterns.filter_map(|parameter| parameter["schema"]["pattern"].as_str());
    let prefix = patterns.find_map(|pattern| pattern.strip_prefix('^')?.split_once('_'));
    prefix.map_or("none", |(kind, _)| kind)
}

/// Values of every type, with the mark wherever it fits.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-1.5),
        json!(MARK),
        json!([]),
        json!([MARK]),
        json!({}),
        json!({ MARK: MARK }),
        json!([[{ MARK: [MARK] }]]),
        json!(format!("{MARK}, expected `{MARK}`")),
    ]
}

/// Whether a field may have a value of this type, by its description.
fn fits(schema: &Value, value: &Value) -> bool {
    // A schema that names no type takes any.
    if ["type", "oneOf", "anyOf", "$ref"].iter().all(|name| schema[name].is_null()) {
        return true;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let named = |known: &Value| known == kind || (kind == "number" && known == "integer");
    let types = schema["type"].as_array().map_or_else(|| vec![schema["type"].clone()], Clone::clone);
    let choices = ["oneOf", "anyOf"].iter().filter_map(|name| schema[name].as_array()).flatten();
    types.iter().any(named) || choices.into_iter().any(|choice| fits(choice, value))
}

fn is_clean(answer: &Answer, what: &str) {
    if answer.status < 400 {
        return;
    }
    let mut told = answer.body.clone();
    if let Some(told) = told.as_object_mut() {
        told.remove("requestId");
    }
    let text = told.to_string().to_lowercase();
    assert!(!answer.text.to_lowercase().contains(MARK), "{what}: {}", answer.text);
    for word in LIBRARY {
        assert!(!text.contains(&word.to_lowercase()), "{what}: {word}: {}", answer.text);
    }
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{what}: {}", answer.text);
    assert!((400..500).contains(&answer.status), "{what}: {}", answer.text);
}

async fn send(actor: &Actor, operation: &Operation, body: &Value) -> (Answer, String) {
    let request = actor.request(operation.method.clone(), &operation.path).json(body);
    let what = format!("{} {} {body}", operation.method, operation.path);
    let answer = actor.send(request).await;
    is_clean(&answer, &what);
    (answer, what)
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_7_no_operation_repeats_what_was_sent_or_speaks_the_parsers_language() {
    let app = App::identity().await;
    let document = app.anonymous().get("/openapi.json").await.expect(200).body;
    let operations = operations(&document);
    assert!(operations.len() > 20, "{}", operations.len());
    for operation in &operations {
        let mine = app.with_token(&app.sample_login(ADMIN).await);
        for body in values().iter().filter(|body| !body.is_object()) {
            let (answer, what) = send(&mine, operation, body).await;
            assert_eq!((answer.status, answer.code()), (400, "body_invalid"), "{what}: {}", answer.text);
            assert_eq!(answer.fields(), ["body"], "{what}: {}", answer.text);
        }
        // The requirement of this one is 422, whichever field it is.
        let status = if operation.path.ends_with("/create-account") { 422 } else { 400 };
        for name in [MARK, "", "__proto__", "a`, expected `b"] {
            let (answer, what) = send(&mine, operation, &json!({ name: MARK })).await;
            assert_eq!((answer.status, answer.fields()), (status, vec!["body"]), "{what}: {}", answer.text);
        }
        for (field, schema) in &operation.fields {
            for value in values() {
                let (answer, what) = send(&mine, operation, &json!({ field: value })).await;
                // All problems of this one are told in one answer, to those who may order.
                if operation.path.ends_with("/admin/provision-account") {
                    assert!([400, 403].contains(&answer.status), "{what}: {}", answer.text);
                } else if !fits(schema, &value) {
                    assert_eq!(
                        (answer.status, answer.code()),
                        (400, "body_invalid"),
                        "{what}: {}",
                        answer.text
                    );
                    // A part of it is named with it.
                    let names = |named: &&str| {
                        let rest = named.strip_prefix(field.as_str());
                        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                    };
                    let found = answer.fields();
                    assert!(found.len() == 1 && found.iter().all(names), "{what}: {}", answer.text);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_7_queries_paths_and_headers_are_not_repeated_either() {
    let app = App::identity().await;
    let mine = app.with_token(&app.sample_login(ADMIN).await);
    for path in [
        format!("/api/hires?limit={MARK}"),
        format!("/api/hires?{MARK}=1"),
        format!("/api/hires?cursor={MARK}"),
        format!("/api/hires?limit=1&limit={MARK}"),
        format!("/api/provision/jobs?limit={MARK}"),
        format!("/api/hires/{MARK}"),
        format!("/api/provision/jobs/{MARK}"),
        format!("/{MARK}"),
        format!("/api/v1/auth/me/{MARK}"),
    ] {
        let answer = mine.get(&path).await;
        assert!(answer.status >= 400, "{path}: {}", answer.text);
        is_clean(&answer, &path);
    }
    for name in ["authorization", "idempotency-key", "x-csrf-token", "content-type", "cookie"] {
        let request =
            app.anonymous().request(Method::POST, "/api/hires").header(name, format!("{MARK} \"{MARK}"));
        is_clean(&mine.send(request.body("{}")).await, name);
    }
    let job = format!("/api/provision/run?wait={MARK}");
    is_clean(&mine.post(&job, &json!({})).await, &job);
}

#[tokio::test]
async fn newcomer_11_a_page_is_told_as_a_page_when_its_query_cannot_be_read() {
    let app = App::identity().await;
    let pages = ["verify-email", "magic-link", "reset-password", "confirm-email", "undo-email"];
    let queries = pages.map(|page| format!("/auth/{page}?token={MARK}&token={MARK}"));
    let more = [
        format!("/auth/social/google?code={MARK}&code={MARK}"),
        format!("/auth/social/google?state={MARK}&code=1&state={MARK}"),
        format!("/auth/verify-email?token={MARK}&x=1&token="),
    ];
    for path in queries.iter().chain(&more) {
        let answer = app.anonymous().get(path).await;
        let expected = if path.contains("social") { 400..500 } else { 400..401 };
        assert!(expected.contains(&answer.status), "{path}: {}", answer.text);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{path}");
        let text = answer.text.to_lowercase();
        let text = text.split("<main>").nth(1).unwrap();
        assert!(text.contains("<h1>") && !text.contains(MARK), "{}", answer.text);
        assert!(!text.contains("deserialize") && !text.contains("field"), "{}", answer.text);
    }
}

#[tokio::test]
async fn attack_7_the_form_of_a_page_is_answered_by_a_page_that_repeats_nothing_of_it() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    let mut forms = vec![
        ("second-factor", format!("ticket=x&ticket={MARK}&code=1"), 400),
        ("second-factor", format!("ticket=x&code={MARK}"), 401),
        ("", format!("email=a%40example.org&email={MARK}&password=x"), 400),
        ("", format!("email=a%40example.org&password={MARK}"), 401),
        ("admin", format!("username=a&username={MARK}&password=x"), 400),
        ("admin", format!("username=a%40example.org&password={MARK}"), 401),
        ("forgot-password", format!("email=a%40example.org&email={MARK}"), 400),
        ("sign-in-link", format!("email=a%40example.org&more={MARK}"), 200),
        ("register", format!("email=a%40example.org&name=Kim&password={MARK}"), 200),
        ("sign-out", format!("csrf={MARK}"), 200),
    ];
    for page in ["verify-email", "magic-link", "reset-password", "confirm-email", "undo-email"] {
        let good = "password=gravel+ottoman+fjord+whistle";
        for form in ["token=a&token=", "other=", "token=a&password=", &format!("{good}&token=")] {
            forms.push((page, format!("{form}{MARK}"), 400));
        }
    }
    forms.push(("/promo", format!("name=Kim&email=a%40example.org&email={MARK}"), 400));
    forms.push(("/promo", format!("name=Kim&email=a%40example.org&more={MARK}"), 200));
    for form in ["token=a&token=", "other=", "token=a&password=", "password=Gravel+ottoman+7&token="] {
        forms.push(("/mailbox/password", format!("{form}{MARK}"), 400));
    }
    for (page, form, status) in forms {
        let path = match page {
            "" => "/".to_owned(),
            page if page.starts_with('/') => page.to_owned(),
            page => format!("/auth/{page}"),
        };
        let request = anyone.request(Method::POST, &path).body(form.clone());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = anyone.send(request).await;
        assert_eq!(answer.status, status, "{path} {form}: {}", answer.text);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{path} {form}");
        let text = answer.text.to_lowercase();
        assert!(text.contains("<h1>") && !text.contains(MARK), "{path} {form}: {text}");
        assert!(!text.contains("deserialize") && !text.contains("duplicate"), "{path} {form}: {text}");
    }
}

#[tokio::test]
async fn attack_7_a_value_that_is_no_choice_is_told_the_choices() {
    let app = App::identity().await;
    let answer = app.anonymous().post("/api/v1/auth/logout", &json!({ "sessions": MARK })).await;
    is_clean(&answer, "logout");
    let refused = (answer.status, answer.code(), answer.fields());
    assert_eq!(refused, (400, "body_invalid", vec!["sessions"]), "{}", answer.text);
    assert!(answer.text.contains("`this`, `others`, `all`"), "{}", answer.text);
}

#[tokio::test]
async fn attack_2_a_form_that_no_page_has_is_refused_as_a_page_and_is_not_shown_again() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    for (path, field) in [
        ("/", "password=x&email"),
        ("/auth/admin", "password=x&username"),
        ("/auth/register", "name=Kim&password=x&email"),
        ("/auth/forgot-password", "email"),
        ("/auth/sign-in-link", "email"),
        ("/auth/second-factor", "code=1&ticket"),
        ("/promo", "name=Kim&email"),
        ("/mailbox/password", "password=x&token"),
        ("/auth/reset-password", "password=&token"),
        ("/auth/sign-out", "csrf"),
    ] {
        // Each slash becomes six bytes in a page, and an answer may have six megabytes.
        for (bytes, status) in [(1_040_000, 413..414), (16_000, 200..500)] {
            let request = anyone.request(Method::POST, path).body(format!("{field}={}", "/".repeat(bytes)));
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let answer = anyone.send(request).await;
            assert!(status.contains(&answer.status), "{path} {bytes}: {}", answer.status);
            assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{path} {bytes}");
        }
    }
}
