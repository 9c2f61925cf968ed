//! `ListObjectsV2`: the keys that are not hidden, in the order of their bytes, in pages.

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Request,
    refused::Refused,
    rows::{Content, Object, Objects, Version},
    xml,
};

/// The longest page.
const MOST: usize = 1000;

#[derive(Serialize)]
#[serde(rename = "ListBucketResult", rename_all = "PascalCase")]
struct Listing<'a> {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    name: &'a str,
    prefix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_continuation_token: Option<String>,
    key_count: usize,
    max_keys: usize,
    is_truncated: bool,
    contents: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    key: String,
    last_modified: String,
    #[serde(rename = "ETag")]
    etag: String,
    checksum_algorithm: String,
    checksum_type: &'static str,
    size: usize,
    storage_class: &'static str,
}

pub(super) fn list_objects(objects: &Objects<'_, '_>, request: &Request<'_>) -> Result<Response, Refused> {
    let target = request.target;
    let bucket = objects.bucket(&target.bucket)?.name;
    let max_keys = max_keys(request)?;
    let prefix = target.parameter("prefix").unwrap_or_default();
    let (token, start_after) = (target.parameter("continuation-token"), target.parameter("start-after"));
    let after = match token {
        Some(token) => key_of(token)?,
        None => start_after.unwrap_or_default().to_owned(),
    };
    let mut contents = visible(objects, &bucket, prefix, after, max_keys + 1)?;
    let is_truncated = max_keys > 0 && contents.len() > max_keys;
    contents.truncate(max_keys);
    let last = contents.last().filter(|_| is_truncated);
    Ok(xml::document(&Listing {
        namespace: xml::NAMESPACE,
        name: &bucket,
        prefix,
        start_after,
        continuation_token: token,
        next_continuation_token: last.map(|entry| STANDARD.encode(&entry.key)),
        key_count: contents.len(),
        max_keys,
        is_truncated,
        contents,
    })?)
}

/// How many entries a page may have; S3 gives fewer than are asked for beyond its own limit.
pub(super) fn max_keys(request: &Request<'_>) -> Result<usize, Refused> {
    let Some(told) = request.target.parameter("max-keys") else { return Ok(MOST) };
    let number = told.parse::<u32>().ok().filter(|number| *number <= i32::MAX.unsigned_abs());
    let unfit =
        || Refused::invalid("InvalidArgument", "Provided max-keys not an integer or within integer range");
    Ok(number.ok_or_else(unfit)?.try_into().map_or(MOST, |number: usize| number.min(MOST)))
}

/// A time as listings have it: to the second, with milliseconds that are always zero.
pub(super) fn listed(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn key_of(token: &str) -> Result<String, Refused> {
    let wrong = || Refused::invalid("InvalidArgument", "The continuation token provided is incorrect");
    let bytes = STANDARD.decode(token).map_err(|_| wrong())?;
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// The first `wanted` objects after a key that are not hidden.
fn visible(
    objects: &Objects<'_, '_>,
    bucket: &str,
    prefix: &str,
    mut after: String,
    wanted: usize,
) -> Result<Vec<Entry>, Refused> {
    let mut entries = Vec::new();
    loop {
        let page = objects.page(bucket, prefix, &after, wanted)?;
        entries.extend(page.iter().filter_map(|object| object.current().map(|found| entry(object, found))));
        match page.last() {
            Some(last) if page.len() == wanted && entries.len() < wanted => after.clone_from(&last.key),
            _ => return Ok(entries),
        }
    }
}

fn entry(object: &Object, (version, content): (&Version, &Content)) -> Entry {
    Entry {
        key: object.key.clone(),
        last_modified: listed(version.at),
        etag: format!("\"{}\"", content.etag),
        checksum_algorithm: content.checksum.0.to_uppercase(),
        checksum_type: "FULL_OBJECT",
        size: content.size,
        storage_class: "STANDARD",
    }
}
