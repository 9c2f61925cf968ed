//! `GetObject` and `HeadObject`.
//!
//! The headers of the lock are in every answer; S3 gives them to those only who may `s3:GetObjectRetention`.

use axum::{body::Body, response::Response};
use http::StatusCode;

use super::{
    Request, headers,
    refused::Refused,
    rows::{Content, Object, Objects, Version},
    xml,
};

pub(super) fn get_object(objects: &Objects<'_, '_>, request: &Request<'_>) -> Result<Response, Refused> {
    let object = wanted(objects, request)?;
    let (version, content) = found(&object, request)?;
    let mut response = described(version, content, request);
    *response.body_mut() = Body::from(objects.body(&version.id)?);
    Ok(response)
}

pub(super) fn head_object(objects: &Objects<'_, '_>, request: &Request<'_>) -> Result<Response, Refused> {
    let object = wanted(objects, request)?;
    let (version, content) = found(&object, request)?;
    Ok(described(version, content, request))
}

/// The version that a request names, if it has the form of one.
pub(super) fn version_of<'a>(request: &'a Request<'_>) -> Result<Option<&'a str>, Refused> {
    let version = request.target.parameter("versionId");
    if version.is_some_and(|id| id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Err(Refused::invalid("InvalidArgument", "Invalid version id specified"));
    }
    Ok(version)
}

fn wanted(objects: &Objects<'_, '_>, request: &Request<'_>) -> Result<Object, Refused> {
    let bucket = objects.bucket(&request.target.bucket)?;
    Ok(objects.object(&bucket.name, &request.target.key)?)
}

fn found<'o>(object: &'o Object, request: &Request<'_>) -> Result<(&'o Version, &'o Content), Refused> {
    let Some(id) = version_of(request)? else {
        let hidden = || match object.versions.first() {
            Some(marker) => Refused::no_key().behind_marker(&marker.id),
            None => Refused::no_key(),
        };
        return object.current().ok_or_else(hidden);
    };
    let missing = || Refused::new(404, "NoSuchVersion", "The specified version does not exist.");
    let version = object.versions.iter().find(|version| version.id == id).ok_or_else(missing)?;
    let message = "The specified method is not allowed against this resource.";
    let marker = || Refused::new(405, "MethodNotAllowed", message).behind_marker(id);
    version.content.as_ref().map(|content| (version, content)).ok_or_else(marker)
}

fn described(version: &Version, content: &Content, request: &Request<'_>) -> Response {
    let mut response = xml::empty(StatusCode::OK);
    headers::describe(&mut response, version, content);
    for (name, value) in [
        ("accept-ranges", "bytes"),
        ("content-length", &content.size.to_string()),
        ("content-type", &content.media_type),
        ("last-modified", &headers::http_date(version.at)),
    ] {
        headers::set(&mut response, name, value);
    }
    if let Some(until) = content.locked_until {
        headers::set(&mut response, "x-amz-object-lock-mode", "COMPLIANCE");
        headers::set(&mut response, "x-amz-object-lock-retain-until-date", &headers::exact(until));
    }
    if request.header("x-amz-checksum-mode").is_some() {
        headers::show_checksum(&mut response, content);
    }
    response
}
