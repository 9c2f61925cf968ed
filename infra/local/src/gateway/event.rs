//! The request as the event of an HTTP API, payload format 2.0.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, COOKIE, HOST, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::routes::Matched;

/// What the gateway knows about a request beyond the request itself.
pub(super) struct Call<'a> {
    pub(super) request_id: &'a str,
    pub(super) account_id: &'a str,
    pub(super) source_ip: String,
    pub(super) at: Timestamp,
}

/// The event for `parts` and `body` on the matched route.
pub(super) fn build(call: &Call<'_>, matched: &Matched<'_>, parts: &Parts, body: &[u8]) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": matched.key(),
        "rawPath": parts.uri.path(),
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers(call, &parts.headers),
        "requestContext": context(call, matched, parts),
        "isBase64Encoded": false,
    });
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if let Some(query) = parts.uri.query().filter(|query| !query.is_empty()) {
        event["queryStringParameters"] = json!(query_parameters(query));
    }
    if !matched.parameters.is_empty() {
        let decoded = matched.parameters.iter().map(|(name, value)| (name.clone(), json!(decode(value))));
        event["pathParameters"] = Value::Object(decoded.collect());
    }
    if !body.is_empty() {
        let text = std::str::from_utf8(body).ok().filter(|_| is_text(&parts.headers));
        event["isBase64Encoded"] = json!(text.is_none());
        event["body"] = json!(text.map_or_else(|| STANDARD.encode(body), str::to_owned));
    }
    event
}

fn context(call: &Call<'_>, matched: &Matched<'_>, parts: &Parts) -> Value {
    json!({
        "accountId": call.account_id,
        "apiId": "local",
        "domainName": first(&parts.headers, &HOST),
        "domainPrefix": "local",
        "http": {
            "method": parts.method.as_str(),
            "path": parts.uri.path(),
            "protocol": "HTTP/1.1",
            "sourceIp": call.source_ip,
            "userAgent": first(&parts.headers, &USER_AGENT),
        },
        "requestId": call.request_id,
        "routeKey": matched.key(),
        "stage": "$default",
        "time": call.at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "timeEpoch": call.at.as_millisecond(),
    })
}

/// Lower-case names; repeated headers joined by a comma. Cookies travel in a field of their own.
fn headers(call: &Call<'_>, headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != COOKIE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    let forwarded = joined.entry("x-forwarded-for".to_owned()).or_default();
    if !forwarded.is_empty() {
        forwarded.push_str(", ");
    }
    forwarded.push_str(&call.source_ip);
    joined.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    joined
}

/// One entry for each pair; what is no UTF-8 becomes U+FFFD in its own pair, as JSON has no other bytes.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    lines
        .flat_map(|line| line.split(|byte| *byte == b';'))
        .map(|cookie| String::from_utf8_lossy(cookie.trim_ascii()).into_owned())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decode(&value.replace('+', " "));
        joined
            .entry(decode(&name.replace('+', " ")))
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert(value);
    }
    joined
}

/// The content types that an HTTP API passes as text; all others come in Base64.
fn is_text(headers: &HeaderMap) -> bool {
    let media = first(headers, &CONTENT_TYPE).to_ascii_lowercase();
    let media = media.split(';').next().unwrap_or_default().trim();
    media.starts_with("text/")
        || matches!(media, "application/json" | "application/javascript" | "application/xml")
}

fn first(headers: &HeaderMap, name: &HeaderName) -> String {
    let value = headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    value.unwrap_or_default().into_owned()
}

/// Percent-decoding; what is no valid escape stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
