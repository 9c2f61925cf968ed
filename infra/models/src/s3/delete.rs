//! `DeleteObject`: without a version it hides the object behind a delete marker, with one it removes that version unless it is locked.

use axum::response::Response;
use http::StatusCode;

use super::{
    Request, headers,
    read::version_of,
    refused::Refused,
    rows::{Objects, Version},
    xml,
};
use crate::ids;

pub(super) fn delete_object(objects: &Objects<'_, '_>, request: &Request<'_>) -> Result<Response, Refused> {
    let bucket = objects.bucket(&request.target.bucket)?.name;
    match version_of(request)? {
        None => hide(objects, &bucket, &request.target.key),
        Some(id) => remove(objects, &bucket, &request.target.key, id),
    }
}

fn hide(objects: &Objects<'_, '_>, bucket: &str, key: &str) -> Result<Response, Refused> {
    let mut object = objects.object(bucket, key)?;
    let marker = Version { id: ids::hex(16), at: objects.now, content: None };
    let response = done(&marker.id, true);
    object.versions.insert(0, marker);
    objects.save(bucket, &object)?;
    Ok(response)
}

/// A version that is not there is gone already.
fn remove(objects: &Objects<'_, '_>, bucket: &str, key: &str, id: &str) -> Result<Response, Refused> {
    let mut object = objects.object(bucket, key)?;
    let Some(place) = object.versions.iter().position(|version| version.id == id) else {
        return Ok(done(id, false));
    };
    let content = object.versions[place].content.as_ref();
    if content.and_then(|content| content.locked_until).is_some_and(|until| objects.now < until) {
        let message = "Access Denied because object protected by object lock.";
        return Err(Refused::new(403, "AccessDenied", message));
    }
    let marker = content.is_none();
    object.versions.remove(place);
    objects.remove_body(id)?;
    objects.save(bucket, &object)?;
    Ok(done(id, marker))
}

fn done(version: &str, marker: bool) -> Response {
    let mut response = xml::empty(StatusCode::NO_CONTENT);
    headers::set(&mut response, "x-amz-version-id", version);
    if marker {
        headers::set(&mut response, "x-amz-delete-marker", "true");
    }
    response
}
