//! Groups, which hold addresses too: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/groups>.
//! Their members are not part of the model.

use serde_json::{Value, json};

use super::{
    addresses,
    directory::{Directory, GROUPS},
    entity::GoogleGroup,
    list::scope,
    refused,
    user::etag,
    users::{object, text},
};
use crate::{
    error::ServiceError,
    ids,
    rest::{Answer, Request},
};

fn view(group: &GoogleGroup) -> Value {
    let mut view = json!({
        "kind": "admin#directory#group", "id": group.id, "etag": etag(&group.id), "email": group.email,
        "name": group.name, "directMembersCount": "0", "adminCreated": true,
    });
    if !group.aliases.is_empty() {
        view["aliases"] = json!(group.aliases);
    }
    view
}

/// `email` is required, and nobody else has it.
pub(super) fn insert(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let sent = object(request)?;
    let email = text(&sent, "email").ok_or_else(|| refused::required("email"))?;
    let group = add(directory, email, text(&sent, "name"))?;
    directory.count("groups.insert")?;
    Ok(Answer::ok(view(&group)))
}

pub(super) fn add(
    directory: &Directory<'_, '_>,
    email: &str,
    name: Option<&str>,
) -> Result<GoogleGroup, ServiceError> {
    let email = addresses::check(directory, "email", email)?;
    let group = GoogleGroup {
        id: ids::hex(8),
        customer: directory.customer.id.clone(),
        name: name.unwrap_or(&email).to_owned(),
        email,
        aliases: Vec::new(),
    };
    directory.take_address(&group.id, &group.email)?;
    directory.save_group(&group)?;
    Ok(group)
}

pub(super) fn get(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    Ok(Answer::ok(view(&directory.get_group(request.key(0))?)))
}

/// All on one page: "Max allowed value is 200", and a model has fewer.
pub(super) fn list(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let domain = scope(directory, request)?;
    let within = |group: &GoogleGroup| {
        domain.as_ref().is_none_or(|domain| group.email.ends_with(&format!("@{domain}")))
    };
    let groups: Vec<_> = directory.groups()?.iter().filter(|group| within(group)).map(view).collect();
    let mut body = json!({ "kind": "admin#directory#groups", "etag": "\"groups\"" });
    if !groups.is_empty() {
        body["groups"] = Value::Array(groups);
    }
    Ok(Answer::ok(body))
}

pub(super) fn delete(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let group = directory.get_group(request.key(0))?;
    for address in std::iter::once(&group.email).chain(&group.aliases) {
        directory.release_address(&group.id, address)?;
    }
    directory.rows.remove(GROUPS, &directory.key(&group.id))?;
    directory.count("groups.delete")?;
    Ok(Answer::no_content())
}
