//! Lists of users and groups: <https://learn.microsoft.com/graph/api/user-list>, and
//! <https://learn.microsoft.com/graph/query-parameters> for `$select`, `$filter`, `$top` and `$skiptoken`.

use http::header::HOST;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{directory::Directory, fields::TEXTS, filter::Filter, refused::Refused, user::GraphUser};
use crate::rest::{Answer, Request};

/// Beside the texts of `fields`, what may be named in `$select` and `$filter`.
const PROPERTIES: [&str; 15] = [
    "id",
    "userPrincipalName",
    "displayName",
    "mailNickname",
    "accountEnabled",
    "assignedLicenses",
    "mail",
    "proxyAddresses",
    "createdDateTime",
    "deletedDateTime",
    "signInSessionsValidFromDateTime",
    "businessPhones",
    "otherMails",
    "userType",
    "onPremisesExtensionAttributes",
];

/// Things with their properties.
type Found<T> = Vec<(Map<String, Value>, T)>;

pub(super) fn check_property(name: &str) -> Result<(), Refused> {
    let texts = TEXTS.iter().map(|(known, _)| *known);
    if name == "usageLocation" || PROPERTIES.iter().copied().chain(texts).any(|known| known == name) {
        return Ok(());
    }
    let message = format!("Could not find a property named '{name}' on type 'microsoft.graph.user'.");
    Err(Refused::new(400, "BadRequest", message))
}

/// The properties of `$select`.
pub(super) fn selected(request: &Request<'_>) -> Result<Option<Vec<String>>, Refused> {
    let Some(text) = request.parameter("$select") else { return Ok(None) };
    let names: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
    names.iter().try_for_each(|name| check_property(name))?;
    Ok(Some(names))
}

/// Whether the request asks for the queries of <https://learn.microsoft.com/graph/aad-advanced-queries>: a header and `$count`.
fn is_advanced(request: &Request<'_>) -> bool {
    let level = request.headers.get("consistencylevel").and_then(|level| level.to_str().ok());
    let eventual = level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
    eventual && request.parameter("$count") == Some("true")
}

/// Those who are not deleted.
pub(super) fn users(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let users = directory.users()?.into_iter().filter(|user| directory.shows(user));
    users_page(request, "users", users)
}

pub(super) fn users_page(
    request: &Request<'_>,
    path: &str,
    users: impl Iterator<Item = GraphUser>,
) -> Result<Answer, Refused> {
    let select = selected(request)?;
    let users: Vec<_> = users.map(|user| (user.properties(), user)).collect();
    let chosen = chosen(request, users)?;
    let views = |(properties, user): &(Map<String, Value>, GraphUser)| {
        (properties["id"].clone(), user.view(select.as_deref()))
    };
    let context = format!("https://graph.microsoft.com/v1.0/$metadata#{path}");
    page(request, (path, &context), chosen.iter().map(views).collect())
}

/// <https://learn.microsoft.com/graph/api/group-list>.
pub(super) fn groups(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let view = |group: super::entity::GraphGroup| {
        let view = json!({
            "id": group.id, "displayName": group.display_name, "mail": group.mail, "mailEnabled": true,
            "mailNickname": group.mail.split('@').next(), "proxyAddresses": group.proxy_addresses,
            "securityEnabled": false, "groupTypes": ["Unified"],
        });
        (view.as_object().cloned().unwrap_or_default(), ())
    };
    let chosen = chosen(request, directory.groups()?.into_iter().map(view).collect())?;
    let views = chosen.into_iter().map(|(view, ())| (view["id"].clone(), view)).collect();
    let context = "https://graph.microsoft.com/v1.0/$metadata#groups";
    page(request, ("groups", context), views)
}

/// What `$filter` leaves. Other options than those that are modelled are refused.
fn chosen<T>(request: &Request<'_>, all: Found<T>) -> Result<Found<T>, Refused> {
    for option in ["$orderby", "$search", "$expand", "$skip"] {
        if request.parameter(option).is_some() {
            return Err(Refused::unsupported_query(format!("{option} is not modelled")));
        }
    }
    let Some(text) = request.parameter("$filter") else { return Ok(all) };
    let filter = Filter::parse(text, is_advanced(request))?;
    Ok(all.into_iter().filter(|(properties, _)| filter.matches(properties)).collect())
}

/// "Default 100, maximum 999 objects."
fn page(
    request: &Request<'_>,
    (path, context): (&str, &str),
    views: Vec<(Value, Map<String, Value>)>,
) -> Result<Answer, Refused> {
    let top = request.parameter("$top").map_or(Some(100), |top| top.parse().ok());
    let top = top.filter(|top| (1..=999).contains(top));
    let top: usize = top.ok_or_else(|| {
        Refused::bad_request("Invalid page size specified. Must be between 1 and 999 inclusive.")
    })?;
    let after = request.parameter("$skiptoken").unwrap_or_default();
    let count = views.len();
    let mut rest = views.into_iter().filter(|(id, _)| id.as_str().unwrap_or_default() > after);
    let shown: Vec<_> = rest.by_ref().take(top).collect();
    let mut body = json!({ "@odata.context": context });
    if is_advanced(request) {
        body["@odata.count"] = json!(count);
    }
    if let Some((last, _)) = shown.last().filter(|_| rest.next().is_some()) {
        body["@odata.nextLink"] = json!(next_link(request, path, last.as_str().unwrap_or_default()));
    }
    body["value"] = shown.into_iter().map(|(_, view)| Value::Object(view)).collect();
    Ok(Answer::ok(body))
}

/// The address of the next page, at the host where the model was reached.
fn next_link(request: &Request<'_>, path: &str, last: &str) -> String {
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("graph.microsoft.com");
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["$select", "$filter", "$top", "$count"] {
        if let Some(value) = request.parameter(name) {
            query.append_pair(name, value);
        }
    }
    query.append_pair("$skiptoken", last);
    format!("http://{host}/graph.microsoft.com/v1.0/{path}?{}", query.finish())
}
