//! `ListObjectVersions`: every version and delete marker, by key and for one key the newest first, in pages.

use axum::response::Response;
use serde::Serialize;

use super::{
    Request,
    list::{listed, max_keys},
    refused::Refused,
    rows::{Object, Objects, Version},
    xml,
};

#[derive(Serialize)]
#[serde(rename = "ListVersionsResult", rename_all = "PascalCase")]
struct Listing<'a> {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    name: &'a str,
    prefix: &'a str,
    key_marker: &'a str,
    version_id_marker: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_key_marker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_version_id_marker: Option<String>,
    max_keys: usize,
    is_truncated: bool,
    #[serde(rename = "$value")]
    entries: Vec<Entry>,
}

#[derive(Serialize)]
enum Entry {
    Version(Written),
    DeleteMarker(Marker),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Marker {
    key: String,
    version_id: String,
    is_latest: bool,
    last_modified: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    key: String,
    version_id: String,
    is_latest: bool,
    last_modified: String,
    #[serde(rename = "ETag")]
    etag: String,
    checksum_algorithm: String,
    checksum_type: &'static str,
    size: usize,
    storage_class: &'static str,
}

pub(super) fn list_versions(objects: &Objects<'_, '_>, request: &Request<'_>) -> Result<Response, Refused> {
    let bucket = objects.bucket(&request.target.bucket)?.name;
    let max_keys = max_keys(request)?;
    let text = |name: &str| request.target.parameter(name).unwrap_or_default();
    let (prefix, key_marker, version_id_marker) =
        (text("prefix"), text("key-marker"), text("version-id-marker"));
    let mut found = rest_of(objects, &bucket, key_marker, version_id_marker)?;
    for object in objects.page(&bucket, prefix, key_marker, max_keys + 1)? {
        let count = object.versions.len();
        found.extend((0..count).map(|place| (object.clone(), place)));
    }
    let is_truncated = max_keys > 0 && found.len() > max_keys;
    found.truncate(max_keys);
    let last = found.last().filter(|_| is_truncated);
    Ok(xml::document(&Listing {
        namespace: xml::NAMESPACE,
        name: &bucket,
        prefix,
        key_marker,
        version_id_marker,
        next_key_marker: last.map(|(object, _)| object.key.clone()),
        next_version_id_marker: last.map(|(object, place)| object.versions[*place].id.clone()),
        max_keys,
        is_truncated,
        entries: found.iter().map(|(object, place)| entry(object, *place)).collect(),
    })?)
}

/// The versions of the marker's own key that come after the marker's version; none when it names no version.
fn rest_of(
    objects: &Objects<'_, '_>,
    bucket: &str,
    key: &str,
    version: &str,
) -> Result<Vec<(Object, usize)>, Refused> {
    if version.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = || Refused::invalid("InvalidArgument", "Invalid version id specified");
    let object = objects.object(bucket, key)?;
    let place = object.versions.iter().position(|known| known.id == version).ok_or_else(wrong)?;
    Ok((place + 1..object.versions.len()).map(|place| (object.clone(), place)).collect())
}

fn entry(object: &Object, place: usize) -> Entry {
    let Version { id, at, content } = &object.versions[place];
    let (key, version_id, last_modified) = (object.key.clone(), id.clone(), listed(*at));
    let is_latest = place == 0;
    let Some(content) = content else {
        return Entry::DeleteMarker(Marker { key, version_id, is_latest, last_modified });
    };
    Entry::Version(Written {
        key,
        version_id,
        is_latest,
        last_modified,
        etag: format!("\"{}\"", content.etag),
        checksum_algorithm: content.checksum.0.to_uppercase(),
        checksum_type: "FULL_OBJECT",
        size: content.size,
        storage_class: "STANDARD",
    })
}
