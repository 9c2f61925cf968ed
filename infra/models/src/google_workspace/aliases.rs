//! Further addresses of users and groups:
//! <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users.aliases> and `groups.aliases`.

use serde_json::{Value, json};

use super::{
    addresses,
    directory::Directory,
    refused,
    user::etag,
    users::{object, text},
};
use crate::{
    error::ServiceError,
    rest::{Answer, Request},
};

fn new_alias(directory: &Directory<'_, '_>, request: &Request<'_>, id: &str) -> Result<String, ServiceError> {
    let sent = object(request)?;
    let alias = text(&sent, "alias").ok_or_else(|| refused::required("alias"))?;
    let alias = addresses::check(directory, "alias", alias)?;
    // One's own is refused as well: the entity exists.
    if directory.holder(&alias)?.is_some() {
        return Err(refused::duplicate());
    }
    directory.take_address(id, &alias)?;
    Ok(alias)
}

fn view(alias: &str, (id, primary): (&str, &str)) -> Value {
    json!({ "kind": "admin#directory#alias", "id": id, "etag": etag(id), "primaryEmail": primary, "alias": alias })
}

/// The member `aliases` is left out when there are none.
fn list(aliases: &[String], owner: (&str, &str)) -> Answer {
    let mut body = json!({ "kind": "admin#directory#aliases", "etag": etag(owner.0) });
    if !aliases.is_empty() {
        body["aliases"] = aliases.iter().map(|alias| view(alias, owner)).collect();
    }
    Answer::ok(body)
}

fn take_out(aliases: &mut Vec<String>, alias: &str) -> Result<String, ServiceError> {
    let at = aliases.iter().position(|known| known.eq_ignore_ascii_case(alias));
    Ok(aliases.remove(at.ok_or_else(|| refused::not_found("alias"))?))
}

pub(super) fn insert_of_user(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Answer, ServiceError> {
    let mut user = directory.get_complete_user(request.key(0))?;
    let alias = new_alias(directory, request, &user.id)?;
    let body = view(&alias, (&user.id, &user.primary_email));
    user.aliases.push(alias);
    directory.save_user(&user)?;
    directory.count("users.aliases.insert")?;
    Ok(Answer::ok(body))
}

pub(super) fn list_of_user(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Answer, ServiceError> {
    let user = directory.get_user(request.key(0))?;
    Ok(list(&user.aliases, (&user.id, &user.primary_email)))
}

pub(super) fn delete_of_user(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Answer, ServiceError> {
    let mut user = directory.get_complete_user(request.key(0))?;
    let alias = take_out(&mut user.aliases, request.key(1))?;
    directory.release_address(&user.id, &alias)?;
    directory.save_user(&user)?;
    directory.count("users.aliases.delete")?;
    Ok(Answer::no_content())
}

pub(super) fn insert_of_group(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Answer, ServiceError> {
    let mut group = directory.get_group(request.key(0))?;
    let alias = new_alias(directory, request, &group.id)?;
    let body = view(&alias, (&group.id, &group.email));
    group.aliases.push(alias);
    directory.save_group(&group)?;
    directory.count("groups.aliases.insert")?;
    Ok(Answer::ok(body))
}

pub(super) fn list_of_group(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Answer, ServiceError> {
    let group = directory.get_group(request.key(0))?;
    Ok(list(&group.aliases, (&group.id, &group.email)))
}

pub(super) fn delete_of_group(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Answer, ServiceError> {
    let mut group = directory.get_group(request.key(0))?;
    let alias = take_out(&mut group.aliases, request.key(1))?;
    directory.release_address(&group.id, &alias)?;
    directory.save_group(&group)?;
    directory.count("groups.aliases.delete")?;
    Ok(Answer::no_content())
}
