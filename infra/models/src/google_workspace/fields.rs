//! The members of a user that a caller may write, with their rules. Absent ones are kept, `null` clears, arrays are taken whole:
//! "users.update supports patch semantics" (<https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/update>).

use serde_json::{Map, Value};

use super::{directory::Directory, passwords, refused, user::GoogleUser};
use crate::error::ServiceError;

/// "Output only" on the page of the resource; what is sent of them is ignored, so that what was read can be sent again.
const OUTPUT_ONLY: [&str; 17] = [
    "kind",
    "id",
    "etag",
    "isAdmin",
    "isDelegatedAdmin",
    "lastLoginTime",
    "creationTime",
    "deletionTime",
    "agreedToTerms",
    "suspensionReason",
    "customerId",
    "isMailboxSetup",
    "isEnrolledIn2Sv",
    "isEnforcedIn2Sv",
    "aliases",
    "nonEditableAliases",
    "thumbnailPhotoUrl",
];

/// A member, and what its value must be.
type Member = (&'static str, fn(&Value) -> bool);

/// Kept as they are sent, if they are of the type that stands there.
const KEPT: [Member; 12] = [
    ("organizations", Value::is_array),
    ("phones", Value::is_array),
    ("addresses", Value::is_array),
    ("relations", Value::is_array),
    ("keywords", Value::is_array),
    ("languages", Value::is_array),
    ("emails", Value::is_array),
    ("archived", Value::is_boolean),
    ("includeInGlobalAddressList", Value::is_boolean),
    ("recoveryEmail", is_address),
    ("recoveryPhone", is_phone),
    ("externalIds", are_external_ids),
];

/// Takes over all members but the primary address.
pub(super) fn apply(
    directory: &Directory<'_, '_>,
    user: &mut GoogleUser,
    sent: &Map<String, Value>,
) -> Result<(), ServiceError> {
    for (name, value) in sent {
        match (name.as_str(), value) {
            ("primaryEmail" | "hashFunction", _) => {}
            ("name", Value::Object(names)) => apply_names(user, names)?,
            ("password", Value::String(password)) => {
                passwords::check(password, sent.get("hashFunction"))?;
                user.set_password(password);
            }
            ("suspended", Value::Bool(value)) => user.suspended = *value,
            ("changePasswordAtNextLogin", Value::Bool(value)) => user.change_password_at_next_login = *value,
            ("suspended", Value::Null) => user.suspended = false,
            ("changePasswordAtNextLogin", Value::Null) => user.change_password_at_next_login = false,
            ("orgUnitPath", Value::String(path)) if directory.customer.org_units.contains(path) => {
                user.fields.insert(name.clone(), value.clone());
            }
            ("orgUnitPath", Value::String(_)) => return Err(refused::invalid("INVALID_OU_ID")),
            (name, _) if OUTPUT_ONLY.contains(&name) => {}
            (name, value) => keep(user, name, value)?,
        }
    }
    Ok(())
}

/// "The maximum number of characters is 60" for both names.
fn apply_names(user: &mut GoogleUser, names: &Map<String, Value>) -> Result<(), ServiceError> {
    for (member, own) in [("givenName", &mut user.given_name), ("familyName", &mut user.family_name)] {
        match names.get(member) {
            None => {}
            Some(Value::String(name)) if (1..=60).contains(&name.chars().count()) => own.clone_from(name),
            Some(_) => {
                let message = "Invalid Given/Family Name: ".to_owned() + member;
                return Err(ServiceError::refused("invalid", message));
            }
        }
    }
    Ok(())
}

fn keep(user: &mut GoogleUser, name: &str, value: &Value) -> Result<(), ServiceError> {
    let known = KEPT.iter().find(|(known, _)| *known == name);
    let (_, fits) = known.ok_or_else(|| refused::invalid(name))?;
    if value.is_null() {
        user.fields.remove(name);
    } else if fits(value) {
        user.fields.insert(name.to_owned(), value.clone());
    } else {
        return Err(refused::invalid(name));
    }
    Ok(())
}

fn is_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.split('@').filter(|part| !part.is_empty()).count() == 2)
}

/// "The phone number must be in the E.164 format, starting with the plus sign (+)."
fn is_phone(value: &Value) -> bool {
    let digits = value.as_str().and_then(|text| text.strip_prefix('+'));
    digits
        .is_some_and(|text| (2..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Each has a value, and a type of the page's list or a custom one that is named.
fn are_external_ids(value: &Value) -> bool {
    let fits = |id: &Value| {
        let kind = id["type"].as_str().unwrap_or_default();
        let named = kind == "custom" && id["customType"].is_string();
        let listed = ["account", "customer", "login_id", "network", "organization"].contains(&kind);
        id["value"].is_string() && (named || listed)
    };
    value.as_array().is_some_and(|ids| ids.iter().all(fits))
}
