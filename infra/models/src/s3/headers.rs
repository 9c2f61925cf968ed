//! Headers: which of them are understood, so that nothing is silently left undone, and those of answers.

use http::{HeaderMap, HeaderName, HeaderValue, Response};
use jiff::Timestamp;

use super::{
    checksum::ALGORITHMS,
    refused::Refused,
    rows::{Content, Version},
    target::S3Operation,
};

/// Headers outside of `x-amz-` that ask S3 for something.
const ASKING: [&str; 10] = [
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "range",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
];

/// Headers of every signed request.
const SIGNING: [&str; 4] = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-user-agent"];

/// Refuses what asks for something that the model does not do.
pub(super) fn check(operation: S3Operation, headers: &HeaderMap) -> Result<(), Refused> {
    let is_strange = |name: &str, value: &HeaderValue| {
        let asks = name.starts_with("x-amz-") || ASKING.contains(&name);
        asks && !is_understood(operation, name, value)
    };
    match headers.iter().find(|(name, value)| is_strange(name.as_str(), value)) {
        Some((name, _)) => Err(Refused::not_modelled(name.as_str())),
        None => Ok(()),
    }
}

fn is_understood(operation: S3Operation, name: &str, value: &HeaderValue) -> bool {
    if SIGNING.contains(&name) {
        return true;
    }
    match operation {
        S3Operation::PutObject => is_understood_of_a_put(name, value),
        S3Operation::GetObject | S3Operation::HeadObject => {
            name == "x-amz-checksum-mode" && value == "ENABLED"
        }
        // It is for versions in mode GOVERNANCE, of which there are none.
        S3Operation::DeleteObject => name == "x-amz-bypass-governance-retention",
        S3Operation::ListObjectsV2 | S3Operation::ListObjectVersions => false,
    }
}

fn is_understood_of_a_put(name: &str, value: &HeaderValue) -> bool {
    let text = value.to_str().unwrap_or_default();
    let is_known = |algorithm: &str| ALGORITHMS.contains(&algorithm);
    match name {
        "if-none-match" => text == "*",
        "content-encoding" => text == "aws-chunked",
        "x-amz-decoded-content-length" | "x-amz-object-lock-mode" | "x-amz-object-lock-retain-until-date" => {
            true
        }
        "x-amz-sdk-checksum-algorithm" => is_known(&text.to_ascii_lowercase()),
        "x-amz-trailer" => text.strip_prefix("x-amz-checksum-").is_some_and(is_known),
        _ => name.strip_prefix("x-amz-checksum-").is_some_and(is_known),
    }
}

/// Adds a header to an answer; all names and values come out of the model.
pub(super) fn set<B>(response: &mut Response<B>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}

/// What the answer to a put and to a read both say of a version.
pub(super) fn describe<B>(response: &mut Response<B>, version: &Version, content: &Content) {
    set(response, "etag", &format!("\"{}\"", content.etag));
    set(response, "x-amz-version-id", &version.id);
    set(response, "x-amz-server-side-encryption", "AES256");
}

pub(super) fn show_checksum<B>(response: &mut Response<B>, content: &Content) {
    let (algorithm, value) = &content.checksum;
    set(response, &format!("x-amz-checksum-{algorithm}"), value);
    set(response, "x-amz-checksum-type", "FULL_OBJECT");
}

/// A time as `Last-Modified` has it.
pub(super) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A time with milliseconds, as the lock's headers have it.
pub(super) fn exact(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
