//! What a request to S3 asks for: told by its method, path and query, and only what is modelled.

use std::{borrow::Cow, collections::BTreeMap};

use http::{Method, header::AUTHORIZATION, request::Parts};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

/// A modelled operation of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum S3Operation {
    /// Writes a version of an object.
    PutObject,
    /// Reads one.
    GetObject,
    /// Reads what there is to know of one.
    HeadObject,
    /// Hides an object, or removes one version of it.
    DeleteObject,
    /// Lists the objects that are not hidden.
    ListObjectsV2,
    /// Lists all versions.
    ListObjectVersions,
}

impl S3Operation {
    /// The operation's name, such as `PutObject`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PutObject => "PutObject",
            Self::GetObject => "GetObject",
            Self::HeadObject => "HeadObject",
            Self::DeleteObject => "DeleteObject",
            Self::ListObjectsV2 => "ListObjectsV2",
            Self::ListObjectVersions => "ListObjectVersions",
        }
    }

    /// The query parameters that are understood; others make it another operation, or ask for more than is modelled.
    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::PutObject => &["x-id"],
            Self::GetObject | Self::HeadObject | Self::DeleteObject => &["x-id", "versionId"],
            Self::ListObjectsV2 => &["list-type", "prefix", "start-after", "continuation-token", "max-keys"],
            Self::ListObjectVersions => {
                &["versions", "prefix", "key-marker", "version-id-marker", "max-keys"]
            }
        }
    }
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Target {
    /// The operation; or what is not modelled of it, such as `PUT object ?acl`.
    pub operation: Result<S3Operation, String>,
    /// Name of the bucket; empty for calls about all of them.
    pub bucket: String,
    /// The object's key; empty for calls about the bucket.
    pub key: String,
    /// The query's parameters, decoded.
    pub query: BTreeMap<String, String>,
}

impl S3Target {
    /// Reads a request in path style; `None` when it is not signed for S3.
    pub fn read(head: &Parts) -> Option<Self> {
        let signed = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
        let scope = signed.split_once("Credential=")?.1.split(',').next()?;
        (scope.split('/').nth(3)? == "s3").then(|| Self::of(head))
    }

    fn of(head: &Parts) -> Self {
        let path = head.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let text = |part: &str| percent_decode_str(part).decode_utf8().map(Cow::into_owned);
        let pairs = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
        let query: BTreeMap<_, _> = pairs.into_owned().collect();
        let (Ok(bucket), Ok(key)) = (text(bucket), text(key)) else {
            let operation = Err("a path that is no UTF-8".to_owned());
            return Self { operation, bucket: String::new(), key: String::new(), query };
        };
        Self { operation: operation(&head.method, &bucket, &key, &query), bucket, key, query }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

fn operation(
    method: &Method,
    bucket: &str,
    key: &str,
    query: &BTreeMap<String, String>,
) -> Result<S3Operation, String> {
    let what = if bucket.is_empty() { "service" } else { ["object", "bucket"][usize::from(key.is_empty())] };
    let operation = match (method.as_str(), what) {
        ("PUT", "object") => S3Operation::PutObject,
        ("GET", "object") => S3Operation::GetObject,
        ("HEAD", "object") => S3Operation::HeadObject,
        ("DELETE", "object") => S3Operation::DeleteObject,
        ("GET", "bucket") if query.get("list-type").is_some_and(|version| version == "2") => {
            S3Operation::ListObjectsV2
        }
        ("GET", "bucket") if query.contains_key("versions") => S3Operation::ListObjectVersions,
        _ => {
            let names: Vec<_> = query.keys().map(String::as_str).collect();
            return Err(format!("{method} {what} ?{}", names.join("&")));
        }
    };
    let strange = query.keys().find(|name| !operation.parameters().contains(&name.as_str()));
    if let Some(name) = strange {
        return Err(format!("{method} {what} ?{name}"));
    }
    // XML 1.0 has no place for them, and answers repeat what was asked.
    if key.chars().chain(query.values().flat_map(|value| value.chars())).any(char::is_control) {
        return Err(format!("{method} {what} with control characters"));
    }
    Ok(operation)
}
