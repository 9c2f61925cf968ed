//! What an operation is asked and what it answers, without what differs from run to run.

use serde_json::{Map, Value, json};

use super::{Content, Prepared};
use crate::Answer;

/// Values that are secret, or long and different each time, by the name of their field.
const HIDDEN: [&str; 29] = [
    "clientSecret",
    "csrf",
    "accessToken",
    "attempt",
    "authorizationUrl",
    "code",
    "csrfToken",
    "currentPassword",
    "key",
    "kid",
    "newPassword",
    "next",
    "note",
    "otpauthUrl",
    "password",
    "qrSvg",
    "receipt",
    "recordValue",
    "recoveryCodes",
    "refreshToken",
    "secret",
    "state",
    "ticket",
    "token",
    "x",
    "y",
    "cookie",
    "x-docusign-signature-1",
    "envelope",
];
/// An id, a time and an address that stand for all others.
const ULID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const TIME: &str = "2026-11-20T09:15:00Z";

/// The sample of an operation, as `docs/samples` has it.
pub fn sample(operation: &str, prepared: &Prepared, answer: &Answer) -> Value {
    let mut request = json!({ "path": steady(&without_number(&without_query_secrets(&prepared.path))) });
    let headers: Map<String, Value> = prepared
        .headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), redacted(name, &json!(value))))
        .collect();
    if !headers.is_empty() {
        request["headers"] = Value::Object(headers);
    }
    match &prepared.body {
        Content::Nothing => {}
        Content::Json(body) => request["body"] = redacted("", body),
        Content::Form(fields) => {
            let fields =
                fields.iter().map(|(name, value)| ((*name).to_owned(), redacted(name, &json!(value))));
            request["form"] = Value::Object(fields.collect());
        }
        Content::Bytes("application/json", bytes) => {
            request["body"] = redacted("", &serde_json::from_slice(bytes).expect("JSON"));
        }
        Content::Bytes(kind, _) => request["file"] = json!(kind),
    }
    json!({ "operation": operation, "request": request, "answer": answered(operation, answer) })
}

fn answered(operation: &str, answer: &Answer) -> Value {
    let mut shown = json!({ "status": answer.status });
    let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default() {
        "" => {}
        // It has a file of its own.
        "application/json" if operation.ends_with("/openapi.json") => {
            shown["type"] = json!("application/json");
        }
        "application/json" => shown["body"] = redacted("", &answer.body),
        kind => shown["type"] = json!(kind),
    }
    shown
}

/// The value without what differs from run to run; of a list the first thing.
fn redacted(name: &str, value: &Value) -> Value {
    match value {
        // Places in a chain depend on what else was done before.
        Value::Number(_) if ["number", "size", "checked", "of"].contains(&name) => json!(1),
        Value::Null | Value::Number(_) | Value::Bool(_) => value.clone(),
        // The state of a thing is a word; that of a walk to a provider is long and random.
        Value::String(text) if name == "state" && text.len() < 20 => json!(text),
        _ if HIDDEN.contains(&name) => json!(format!("{{{name}}}")),
        Value::String(text) => json!(steady(text)),
        Value::Array(items) => items.iter().take(1).map(|item| redacted(name, item)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), redacted(name, value)));
            Value::Object(fields.collect())
        }
    }
}

/// A text with the same id, time and address in the place of all others.
fn steady(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "_:.@-+".contains(c))) {
        let end = word.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || "_:.@-+".contains(c)));
        words.push(format!("{}{}", steady_word(end), &word[end.len()..]));
    }
    words.concat()
}

fn steady_word(word: &str) -> String {
    // A provider's own id.
    let groups: Vec<_> = word.split('-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) {
        return UUID.to_owned();
    }
    if let Some((kind, id)) = word.split_once('_')
        && id.len() >= ULID.len()
        && id.is_char_boundary(ULID.len())
        && id[..ULID.len()].bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    {
        return format!("{kind}_{ULID}{}", &id[ULID.len()..]);
    }
    let is_time = word.len() > 18 && word.as_bytes()[10] == b'T' && word.starts_with("20");
    if is_time {
        return TIME.to_owned();
    }
    // An administrator's user name in tests is their id.
    if word.len() == ULID.len() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    {
        return "ada".to_owned();
    }
    if word.starts_with("Doe") {
        return "Doe".to_owned();
    }
    if let Some((name, domain)) = word.split_once('@')
        && name.starts_with("kim.doe")
    {
        return format!("kim.doe@{domain}");
    }
    if word.starts_with("person") && word.ends_with("@example.org") {
        return "kim@example.org".to_owned();
    }
    if word.starts_with("127.0.0.1:") {
        return "accounts.example.com".to_owned();
    }
    word.to_owned()
}

/// A place in a chain depends on what else was done before.
fn without_number(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((path, number)) if number.parse::<u64>().is_ok() => format!("{path}/1"),
        _ => path.to_owned(),
    }
}

/// The query of a way back holds a code and a state.
fn without_query_secrets(path: &str) -> String {
    if let Some((path, _)) = path.split_once("?code=") {
        return format!("{path}?code={{code}}&state={{state}}");
    }
    path.split_once("?token=").map_or_else(|| path.to_owned(), |(path, _)| format!("{path}?token={{token}}"))
}

/// The name of a sample's file: the operation's id, such as `create_hire`.
pub fn file_of(operation: &str) -> String {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let document = super::document();
    let id =
        document["paths"][path][method.to_lowercase()]["operationId"].as_str().expect("an operation's id");
    format!("{}.json", id.replace('_', "-"))
}
