//! Requests to services whose operations are told by method and path, and the answers to them.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, StatusCode, header::AUTHORIZATION, request::Parts};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::form_urlencoded;

/// An operation: `{}` in its path stands for one segment, and one of `allowed` lets a caller in.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) allowed: &'static [&'static str],
}

impl Route {
    /// The decoded segments that stand in the place of `{}`.
    fn keys(&self, method: &Method, path: &str) -> Option<Vec<String>> {
        if self.method != method.as_str() || self.path.split('/').count() != path.split('/').count() {
            return None;
        }
        let mut keys = Vec::new();
        for (pattern, segment) in self.path.split('/').zip(path.split('/')) {
            match pattern {
                "{}" if segment.is_empty() => return None,
                "{}" => keys.push(percent_decode_str(segment).decode_utf8().ok()?.into_owned()),
                _ if pattern == segment => {}
                _ => return None,
            }
        }
        Some(keys)
    }
}

/// The operation that a path beneath the service's own asks for, with what its path names.
pub(crate) fn find(
    routes: &'static [Route],
    method: &Method,
    path: &str,
) -> Option<(&'static Route, Vec<String>)> {
    routes.iter().find_map(|route| Some((route, route.keys(method, path)?)))
}

/// A request as its operation sees it.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    keys: Vec<String>,
    query: BTreeMap<String, String>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(head: &'a Parts, body: &'a [u8], keys: Vec<String>) -> Self {
        let query = form(head.uri.query().unwrap_or_default().as_bytes());
        Self { headers: &head.headers, body, keys, query }
    }

    /// What the path names, by its place.
    pub(crate) fn key(&self, place: usize) -> &str {
        self.keys.get(place).map_or("", String::as_str)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The body, which must be a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, serde_json::Error> {
        serde_json::from_slice(self.body)
    }

    /// The token after `Bearer`; `None` when there is no such header.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
    }
}

/// Names and values of a form, as a query or a body has them.
pub(crate) fn form(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// An answer to a request that was done.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body) }
    }

    pub(crate) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }
}

/// Whether so much time has passed since then.
pub(crate) fn passed(since: Timestamp, time: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(since) >= time
}

/// `at` the way both vendors write it, such as `2026-11-30T06:00:00.000Z`.
pub(crate) fn timestamp(at: Timestamp) -> Value {
    Value::String(format!("{at:.3}"))
}
