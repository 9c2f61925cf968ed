//! `users.list`: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list>.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{directory::Directory, query::Query, refused, user::GoogleUser};
use crate::{
    error::ServiceError,
    rest::{Answer, Request, passed},
};

/// "Page tokens are valid for three days."
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(72);

/// In the order of ids. With `showDeleted=true` it lists the deleted users, and only those.
pub(super) fn users(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let domain = scope(directory, request)?;
    let query = request.parameter("query").map(Query::parse).transpose()?.unwrap_or_default();
    let deleted = request.parameter("showDeleted") == Some("true");
    let after = request.parameter("pageToken").map(|token| read_token(token, directory.now)).transpose()?;
    let shown = |user: &GoogleUser| match user.deleted_at {
        Some(_) => deleted && directory.is_restorable(user),
        None => !deleted && directory.shows(user),
    };
    let within = |user: &GoogleUser| {
        domain.as_ref().is_none_or(|domain| user.primary_email.ends_with(&format!("@{domain}")))
    };
    let all = directory.users()?;
    let after = after.unwrap_or_default();
    let mut found =
        all.iter().filter(|user| shown(user) && within(user) && query.matches(user) && user.id > after);
    let limit = page_size(request)?;
    let page: Vec<_> = found.by_ref().take(limit).collect();
    let views: Vec<_> = page.iter().map(|user| user.view(&directory.settings, directory.now)).collect();
    let mut body = json!({ "kind": "admin#directory#users", "etag": "\"users\"" });
    // Both members are left out when there is nothing in them.
    if !views.is_empty() {
        body["users"] = Value::Array(views);
    }
    if let Some(last) = page.last().filter(|_| found.next().is_some()) {
        body["nextPageToken"] = json!(write_token(&last.id, directory.now));
    }
    Ok(Answer::ok(body))
}

/// The domain to which the list is limited. "Either the `customer` or the `domain` parameter must be provided."
pub(super) fn scope(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Option<String>, ServiceError> {
    match (request.parameter("customer"), request.parameter("domain")) {
        (None, None) => Err(ServiceError::refused("badRequest", "Bad Request")),
        (Some(customer), _) if customer != "my_customer" && customer != directory.customer.id => {
            Err(refused::forbidden())
        }
        (_, Some(domain)) if directory.customer.domain(domain).is_none() => {
            Err(ServiceError::new(404, "notFound", "Domain not found."))
        }
        (_, domain) => Ok(domain.map(str::to_lowercase)),
    }
}

/// "Default is 100. Maximum is 500."
fn page_size(request: &Request<'_>) -> Result<usize, ServiceError> {
    let Some(text) = request.parameter("maxResults") else { return Ok(100) };
    let size = text.parse().ok().filter(|size| (1..=500).contains(size));
    size.ok_or_else(|| refused::invalid("maxResults"))
}

fn write_token(last: &str, now: Timestamp) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{} {last}", now.as_second()))
}

fn read_token(token: &str, now: Timestamp) -> Result<String, ServiceError> {
    let read = || {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (issued, last) = text.split_once(' ')?;
        let issued = Timestamp::from_second(issued.parse().ok()?).ok()?;
        (!passed(issued, TOKEN_LIFE, now)).then(|| last.to_owned())
    };
    read().ok_or_else(|| refused::invalid("pageToken"))
}
