//! `PutObject`: a new version, held against what the request says of it, and locked.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};

use super::{
    Request, body, checksum, headers,
    refused::Refused,
    rows::{Bucket, Content, Objects, Version},
    xml,
};
use crate::ids;

const LONGEST_KEY: usize = 1024;
const MODE: &str = "x-amz-object-lock-mode";
const UNTIL: &str = "x-amz-object-lock-retain-until-date";

pub(super) fn put_object(objects: &Objects<'_, '_>, request: &Request<'_>) -> Result<Response, Refused> {
    let bucket = objects.bucket(&request.target.bucket)?;
    let key = request.target.key.as_str();
    if key.len() > LONGEST_KEY {
        return Err(Refused::invalid("KeyTooLongError", "Your key is too long"));
    }
    let (bytes, trailers) = body::read(request.headers, request.body)?;
    let checksum = checksum::verified(request.headers, &trailers, &bytes)?;
    let locked_until = locked_until(&bucket, request.headers, objects.now)?;
    if locked_until.is_some() && !checksum::is_brought(request.headers, &trailers) {
        let message = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters";
        return Err(Refused::invalid("InvalidRequest", message));
    }
    let mut object = objects.object(&bucket.name, key)?;
    if request.headers.contains_key("if-none-match") && object.current().is_some() {
        let message = "At least one of the pre-conditions you specified did not hold";
        return Err(Refused::new(412, "PreconditionFailed", message));
    }
    let media_type = request.header("content-type").unwrap_or("binary/octet-stream").to_owned();
    let etag = checksum::md5_hex(&bytes);
    let content = Content { size: bytes.len(), etag, media_type, checksum, locked_until };
    let version = Version { id: ids::hex(16), at: objects.now, content: Some(content.clone()) };
    objects.save_body(&version.id, &bytes)?;
    object.versions.insert(0, version.clone());
    objects.save(&bucket.name, &object)?;
    let mut response = xml::empty(StatusCode::OK);
    headers::describe(&mut response, &version, &content);
    headers::show_checksum(&mut response, &content);
    Ok(response)
}

/// Until when the new version is locked: as the request says, or by the bucket's default.
fn locked_until(bucket: &Bucket, headers: &HeaderMap, now: Timestamp) -> Result<Option<Timestamp>, Refused> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let asked = match (text(MODE), text(UNTIL)) {
        (None, None) => None,
        (Some(mode), Some(until)) => Some((mode, until)),
        _ => {
            return Err(Refused::invalid(
                "InvalidArgument",
                format!("{UNTIL} and {MODE} must both be supplied"),
            ));
        }
    };
    let Some((mode, until)) = asked else {
        let days = bucket.lock.and_then(|lock| lock.default_days);
        let end = days.map(|days| now.checked_add(SignedDuration::from_hours(24 * i64::from(days))));
        let unfit =
            |_| Refused::invalid("InvalidArgument", "The retention ends after the last date there is");
        return end.transpose().map_err(unfit);
    };
    if bucket.lock.is_none() {
        return Err(Refused::invalid("InvalidRequest", "Bucket is missing Object Lock Configuration"));
    }
    match mode {
        "COMPLIANCE" => {}
        "GOVERNANCE" => return Err(Refused::not_modelled(&format!("{MODE}: GOVERNANCE"))),
        _ => return Err(Refused::invalid("InvalidArgument", "Unknown wormMode directive.")),
    }
    let format = |_| {
        let message = "The retain until date must be provided in ISO 8601 format";
        Refused::invalid("InvalidArgument", message)
    };
    let until: Timestamp = until.parse().map_err(format)?;
    if until <= now {
        return Err(Refused::invalid("InvalidArgument", "The retain until date must be in the future!"));
    }
    Ok(Some(until))
}
