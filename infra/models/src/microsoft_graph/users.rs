//! Making, changing and deleting users.

use serde_json::{Map, Value, json};

use super::{directory::Directory, fields, list, refused::Refused, user::GraphUser};
use crate::{
    ids,
    rest::{Answer, Request},
};

const CONTEXT: &str = "https://graph.microsoft.com/v1.0/$metadata#users/$entity";

pub(super) fn object(request: &Request<'_>) -> Result<Map<String, Value>, Refused> {
    let unreadable = |_| Refused::new(400, "BadRequest", "Unable to read JSON request payload.");
    request.object().map_err(unreadable)
}

pub(super) fn answer(mut view: Map<String, Value>) -> Value {
    view.insert("@odata.context".to_owned(), json!(CONTEXT));
    Value::Object(view)
}

/// <https://learn.microsoft.com/graph/api/user-post-users>: five properties are required, the name must be free.
pub(super) fn create(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let sent = object(request)?;
    let required = ["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"];
    let missing = required.into_iter().find(|name| sent.get(*name).is_none_or(Value::is_null));
    let password = sent.get("passwordProfile").and_then(|profile| profile.get("password"));
    if let Some(name) = missing.or_else(|| password.is_none().then_some("passwordProfile")) {
        let message = format!("A value is required for property '{name}' of resource 'User'.");
        return Err(Refused::invalid(name, message));
    }
    let name = check_name(directory, &sent["userPrincipalName"])?;
    let mut user = GraphUser::new(ids::uuid(), &directory.tenant.id, name, directory.now);
    fields::apply(directory, &mut user, &sent)?;
    directory.save(None, &user)?;
    directory.count("CreateUser")?;
    Ok(Answer::created(answer(user.view(None))))
}

/// "Only the following characters are allowed: A - Z, a - z, 0 - 9, ' . - _ ! # ^ ~", at most 64 of them, and "the domain must
/// be present in the tenant's collection of verified domains".
fn check_name<'v>(directory: &Directory<'_, '_>, value: &'v Value) -> Result<&'v str, Refused> {
    let property = "userPrincipalName";
    let name = value.as_str().unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'.-_!#^~".contains(&byte);
    let parts = name.split_once('@').filter(|(local, _)| {
        (1..=64).contains(&local.len()) && local.bytes().all(allowed) && !local.ends_with('.')
    });
    let Some((_, domain)) = parts else {
        return Err(Refused::invalid(property, "Property userPrincipalName is invalid."));
    };
    if directory.tenant.domain(domain).is_some_and(|domain| domain.verified) {
        return Ok(name);
    }
    let message = "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.";
    Err(Refused::invalid(property, message))
}

/// <https://learn.microsoft.com/graph/api/user-get>.
pub(super) fn get(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let select = list::selected(request)?;
    let user = directory.get_user(request.key(0))?;
    Ok(Answer::ok(answer(user.view(select.as_deref()))))
}

/// <https://learn.microsoft.com/graph/api/user-update>: what is not sent is kept, null clears. The addresses of a mailbox stay
/// when the principal name changes, because Exchange has them.
pub(super) fn update(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let sent = object(request)?;
    check_permissions(directory, &sent)?;
    let before = directory.get_user(request.key(0))?;
    let mut user = before.clone();
    if let Some(value) = sent.get("userPrincipalName") {
        check_name(directory, value)?.clone_into(&mut user.user_principal_name);
    }
    fields::apply(directory, &mut user, &sent)?;
    directory.save(Some(&before), &user)?;
    directory.count("UpdateUser")?;
    Ok(Answer::no_content())
}

/// "Permissions for specific scenarios": a password asks for `User-PasswordProfile.ReadWrite.All`, which allows nothing else; to
/// switch an account on or off `User.EnableDisableAccount.All` is enough.
fn check_permissions(directory: &Directory<'_, '_>, sent: &Map<String, Value>) -> Result<(), Refused> {
    let has = |names: &[&str]| names.iter().any(|name| directory.permissions.contains(*name));
    let write = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
    let allowed = |property: &String| match property.as_str() {
        "passwordProfile" => has(&["User-PasswordProfile.ReadWrite.All"]),
        "accountEnabled" => has(&["User.EnableDisableAccount.All"]) || has(&write),
        _ => has(&write),
    };
    if sent.keys().all(allowed) { Ok(()) } else { Err(Refused::denied()) }
}

/// <https://learn.microsoft.com/graph/api/user-delete>: "moved to a temporary container", where the name is free for others.
pub(super) fn delete(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let before = directory.get_user(request.key(0))?;
    let user = GraphUser { deleted_at: Some(directory.now), ..before.clone() };
    directory.save(Some(&before), &user)?;
    directory.count("DeleteUser")?;
    Ok(Answer::no_content())
}

/// <https://learn.microsoft.com/graph/api/user-revokesigninsessions>.
pub(super) fn revoke_sessions(
    directory: &Directory<'_, '_>,
    request: &Request<'_>,
) -> Result<Answer, Refused> {
    let mut user = directory.get_user(request.key(0))?;
    user.sessions_valid_from = directory.now;
    directory.save(Some(&user), &user)?;
    directory.count("RevokeSignInSessions")?;
    let context = "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean";
    Ok(Answer::ok(json!({ "@odata.context": context, "value": true })))
}
