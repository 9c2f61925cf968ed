//! What every operation says of itself: how one proves who one is, what each status means, what bodies are.

use serde_json::{Map, Value, json};

const PROBLEM: &str = "application/problem+json";

/// What a status means, for all operations alike.
const STATUSES: [(&str, &str); 17] = [
    ("200", "Done."),
    ("201", "Made."),
    ("202", "Taken: what follows happens afterwards."),
    ("204", "Done; there is nothing to say."),
    ("303", "Go on at `Location`."),
    ("400", "The request cannot be read, or the link is no longer valid."),
    ("401", "Not accepted: the credentials are missing, wrong or over."),
    ("403", "Not allowed."),
    ("404", "There is nothing here, or it is not yours."),
    ("409", "Not possible in this state, or changed at the same moment."),
    ("413", "Larger than allowed."),
    ("422", "Some fields cannot be used, or the `Idempotency-Key` belongs to another request."),
    ("429", "Too many requests."),
    ("500", "A fault of ours: its `requestId` is in our log."),
    ("503", "Busy: send the request again."),
    ("4XX", "Refused: the page says why and what to do."),
    ("5XX", "A fault of ours, or busy: come again."),
];

/// What is sent along with some answers.
const HEADERS: [(&str, &[&str], &str); 3] = [
    ("Retry-After", &["429", "503"], "Seconds until the request may be sent again."),
    ("X-Request-Id", &[], "The request's id, to name when asking for help."),
    ("WWW-Authenticate", &["401"], "`Bearer`, where an access token is missing."),
];

/// The ways to prove who one is.
pub(super) fn security_schemes() -> Value {
    let header = |name: &str, description: &str| json!({ "type": "apiKey", "in": "header", "name": name, "description": description });
    let cookie = |name: &str, description: &str| json!({ "type": "apiKey", "in": "cookie", "name": name, "description": description });
    json!({
        "token": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token: ES256, signed with a published key, for a quarter of an hour.",
        },
        "cookie": cookie("__Host-vestibule-access", "The access token, in a browser."),
        "refresh": cookie("__Host-vestibule-refresh", "The refresh token, in a browser."),
        "csrf": header("X-CSRF-Token", "The value of the cookie `__Host-vestibule-csrf`: shows that a page of this session asks."),
    })
}

/// Completes every operation.
pub(super) fn complete(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    for (path, item) in objects(&mut document["paths"]) {
        for (method, operation) in objects(item) {
            let reads = method == "get";
            describe(operation);
            operation["security"] = security(operation, path, reads);
            answer(operation);
            take_body(operation, &schemas);
        }
    }
}

fn objects(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

/// The first sentence is the summary, the whole text the description.
fn describe(operation: &mut Value) {
    let parts =
        [&operation["summary"], &operation["description"]].map(|part| part.as_str().unwrap_or_default());
    let text = parts.join("\n\n").split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").or_else(|| text.find(": ")).unwrap_or(text.trim_end_matches('.').len());
    operation["summary"] = json!(text[..end]);
    operation["description"] = json!(text);
}

fn security(operation: &Value, path: &str, reads: bool) -> Value {
    let with_cookie = if reads { json!({ "cookie": [] }) } else { json!({ "cookie": [], "csrf": [] }) };
    match path {
        // The refresh token of the body is enough.
        "/api/v1/auth/logout" => json!([{ "token": [] }, with_cookie, { "refresh": [], "csrf": [] }, {}]),
        "/api/v1/auth/refresh" => json!([{ "refresh": [], "csrf": [] }, {}]),
        _ if operation["security"].is_array() => json!([{ "token": [] }, with_cookie]),
        _ => json!([]),
    }
}

/// Every operation can find us busy. A page tells its refusals as pages.
fn answer(operation: &mut Value) {
    let page = operation["tags"][0] == "pages";
    let repeated = operation["parameters"].as_array().into_iter().flatten();
    let repeated = repeated.clone().any(|parameter| parameter["name"] == "Idempotency-Key");
    let problem = json!({ PROBLEM: { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let html = json!({ "schema": { "type": "string" } });
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    if page {
        responses.retain(|status, _| status.as_str() < "400");
        for status in ["4XX", "5XX"] {
            let content = json!({ "text/html": html, PROBLEM: problem[PROBLEM] });
            responses.insert(status.into(), json!({ "content": content }));
        }
    } else {
        for status in ["429", "500", "503"] {
            responses.entry(status).or_insert_with(|| json!({}));
        }
    }
    for (status, response) in responses {
        let meaning = STATUSES.iter().find(|(known, _)| known == status).map_or("Done.", |(_, text)| text);
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = json!(meaning);
        }
        if status.as_str() >= "400" && response.get("content").is_none() {
            response["content"] = problem.clone();
        }
        if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) {
            complete_content(content);
        }
        response["headers"] = headers(status, repeated);
    }
}

/// What is told in the headers of an answer.
fn headers(status: &str, repeated: bool) -> Value {
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    let told = HEADERS.iter().filter(|(_, statuses, _)| statuses.is_empty() || statuses.contains(&status));
    let mut headers: Map<String, Value> =
        told.map(|(name, _, about)| ((*name).to_owned(), text(about))).collect();
    if repeated && status < "300" {
        headers.insert("Idempotent-Replayed".into(), text("`true` when this answer was given before."));
    }
    headers.into()
}

/// Files are binary, pages are text.
fn complete_content(content: &mut Map<String, Value>) {
    if let Some(image) = content.remove("image/*") {
        for kind in ["image/jpeg", "image/png"] {
            content.insert(kind.to_owned(), image.clone());
        }
    }
    for (kind, media) in content {
        if kind.starts_with("image/") {
            media["schema"] = json!({ "type": "string", "format": "binary" });
        } else if kind == "text/html" && media.get("schema").is_none() {
            media["schema"] = json!({ "type": "string" });
        } else if kind == "application/json"
            && media["schema"].as_object().is_none_or(|schema| schema.get("type") == Some(&json!("string")))
        {
            // A document of somebody else's making: an event of a vendor, keys, a description.
            media["schema"] = json!({ "type": "object", "additionalProperties": true });
        }
    }
}

/// A body of which nothing must be there may be left out.
fn take_body(operation: &mut Value, schemas: &Value) {
    let Some(body) = operation.get_mut("requestBody") else { return };
    let Some(content) = body["content"].as_object_mut() else { return };
    complete_content(content);
    let named = content.get("application/json").and_then(|media| media["schema"]["$ref"].as_str());
    let name = named.and_then(|reference| reference.rsplit('/').next()).unwrap_or_default().to_owned();
    let asks = schemas[&name]["required"].as_array().is_some_and(|required| !required.is_empty());
    body["required"] = json!(name.is_empty() || asks);
    body["description"] = match schemas[&name]["description"].as_str() {
        Some(text) => json!(text),
        None => json!("What is sent."),
    };
}
