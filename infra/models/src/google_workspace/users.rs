//! Making, changing and deleting users:
//! <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>.

use serde_json::{Map, Value};

use super::{addresses, directory::Directory, fields, refused, user::GoogleUser};
use crate::{
    error::ServiceError,
    ids,
    rest::{Answer, Request},
};

/// A body that is no JSON object: 400 `parseError`.
pub(super) fn object(request: &Request<'_>) -> Result<Map<String, Value>, ServiceError> {
    request.object().map_err(|_| ServiceError::refused("parseError", "Parse Error"))
}

/// A member that is a text; empty when it is something else.
pub(super) fn text<'v>(sent: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    sent.get(name).map(|value| value.as_str().unwrap_or_default())
}

/// `primaryEmail`, both names and `password` are required. A user, alias or group that holds the address: 409. With
/// `resolveConflictAccount` a personal account of that address is not looked for, because the model has none.
pub(super) fn insert(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let sent = object(request)?;
    let email = text(&sent, "primaryEmail").ok_or_else(|| refused::required("primaryEmail"))?;
    for (missing, path) in [
        (sent.get("name").and_then(|name| name.get("givenName")).is_none(), "name.givenName"),
        (sent.get("name").and_then(|name| name.get("familyName")).is_none(), "name.familyName"),
        (!sent.contains_key("password"), "password"),
    ] {
        if missing {
            return Err(refused::required(path));
        }
    }
    let address = addresses::check(directory, "primary_user_email", email)?;
    let customer = &directory.customer.id;
    let mut user = GoogleUser::new(ids::digits(21), customer, address.clone(), directory.now);
    fields::apply(directory, &mut user, &sent)?;
    directory.take_address(&user.id, &address)?;
    check_limit(directory)?;
    directory.save_user(&user)?;
    directory.count("users.insert")?;
    Ok(Answer::ok(user.view(&directory.settings, directory.now)))
}

/// A customer whose subscription has no place left: 412.
fn check_limit(directory: &Directory<'_, '_>) -> Result<(), ServiceError> {
    let Some(limit) = directory.customer.user_limit else { return Ok(()) };
    let users = directory.users()?.iter().filter(|user| user.deleted_at.is_none()).count();
    if u32::try_from(users).is_ok_and(|users| users < limit) {
        return Ok(());
    }
    Err(ServiceError::new(412, "limitExceeded", "Domain user limit reached."))
}

pub(super) fn get(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let user = directory.get_user(request.key(0))?;
    Ok(Answer::ok(user.view(&directory.settings, directory.now)))
}

/// `users.update` and `users.patch`, which do the same.
pub(super) fn update(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let sent = object(request)?;
    let mut user = directory.get_complete_user(request.key(0))?;
    if let Some(email) = text(&sent, "primaryEmail") {
        rename(directory, &mut user, email)?;
    }
    fields::apply(directory, &mut user, &sent)?;
    directory.save_user(&user)?;
    directory.count("users.update")?;
    Ok(Answer::ok(user.view(&directory.settings, directory.now)))
}

/// "When you rename a user, the user's old primary email address is retained as an alias":
/// <https://support.google.com/a/answer/182084>. An alias of the user's own may become the primary address.
fn rename(directory: &Directory<'_, '_>, user: &mut GoogleUser, email: &str) -> Result<(), ServiceError> {
    let address = addresses::check(directory, "primary_user_email", email)?;
    if address == user.primary_email {
        return Ok(());
    }
    directory.take_address(&user.id, &address)?;
    user.aliases.retain(|alias| *alias != address);
    user.aliases.push(std::mem::replace(&mut user.primary_email, address));
    Ok(())
}

/// The user's addresses are free at once, or after `address_hold`.
pub(super) fn delete(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let mut user = directory.get_complete_user(request.key(0))?;
    user.deleted_at = Some(directory.now);
    directory.hold_addresses(&user)?;
    directory.save_user(&user)?;
    directory.count("users.delete")?;
    Ok(Answer::no_content())
}

/// "The immutable id of the user"; an address is not taken. Refused when somebody has one of the addresses meanwhile, or when
/// there is no place left (<https://support.google.com/a/answer/1397578>).
pub(super) fn undelete(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let sent = if request.body.is_empty() { Map::new() } else { object(request)? };
    let user = directory.find_deleted_user(request.key(0))?;
    let mut user = user.ok_or_else(|| refused::not_found("userKey"))?;
    check_limit(directory)?;
    for address in user.addresses() {
        directory.take_address(&user.id, address)?;
    }
    let path = sent.get("orgUnitPath").cloned().unwrap_or_else(|| "/".into());
    fields::apply(directory, &mut user, &Map::from_iter([("orgUnitPath".to_owned(), path)]))?;
    user.deleted_at = None;
    directory.save_user(&user)?;
    directory.count("users.undelete")?;
    Ok(Answer::no_content())
}

/// "Signs a user out of all web and device sessions."
pub(super) fn sign_out(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    let mut user = directory.get_complete_user(request.key(0))?;
    user.signed_out_at = Some(directory.now);
    directory.save_user(&user)?;
    directory.count("users.signOut")?;
    Ok(Answer::no_content())
}
