//! A request as the gateway would hand it to a function.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};

/// Who sends a request, as the gateway told of the one that leads to it.
#[derive(Debug, Clone, Default)]
pub struct Sender {
    /// Id of the request, shown in answers and logs.
    pub request_id: String,
    /// Source address at the gateway.
    pub source_ip: String,
    /// Headers that go along, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The browser's cookies, each `name=value`.
    pub cookies: Vec<String>,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// What is sent.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// JSON.
    Json(Value),
    /// A file with its media type.
    File(String, Vec<u8>),
    /// Bytes as they came; their media type is among the headers.
    Bytes(Vec<u8>),
}

/// A request to an operation.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, percent-encoded.
    pub path: String,
    /// Its query without `?`, percent-encoded.
    pub query: String,
    /// Headers of its own, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: Body,
}

/// The event, payload format 2.0.
pub(crate) fn build(call: &Call, sender: &Sender) -> Value {
    let Call { method, path, query, .. } = call;
    let mut headers = sender.headers.clone();
    headers.extend(call.headers.clone());
    let agent = headers.get("user-agent").cloned().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": format!("{method} {path}"),
        "rawPath": path,
        "rawQueryString": query,
        "cookies": sender.cookies,
        "requestContext": {
            "http": {
                "method": method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": sender.source_ip,
                "userAgent": agent,
            },
            "requestId": sender.request_id,
            "routeKey": format!("{method} {path}"),
            "stage": "$default",
            "timeEpoch": sender.at,
        },
        "isBase64Encoded": matches!(call.body, Body::File(..) | Body::Bytes(_)),
    });
    match &call.body {
        Body::Empty => {}
        Body::Json(value) => {
            headers.insert("content-type".to_owned(), "application/json".to_owned());
            event["body"] = json!(value.to_string());
        }
        Body::File(kind, bytes) => {
            headers.insert("content-type".to_owned(), kind.clone());
            event["body"] = json!(STANDARD.encode(bytes));
        }
        Body::Bytes(bytes) => event["body"] = json!(STANDARD.encode(bytes)),
    }
    event["headers"] = json!(headers);
    event
}
