//! The properties of a user that a caller may write, with their rules:
//! <https://learn.microsoft.com/graph/api/resources/user> and <https://learn.microsoft.com/graph/api/user-update>.

use serde_json::{Map, Value};

use super::{directory::Directory, passwords, refused::Refused, user::GraphUser};

/// Texts that are kept as they are sent, and "the maximum length" of each.
pub(super) const TEXTS: [(&str, usize); 16] = [
    ("givenName", 64),
    ("surname", 64),
    ("jobTitle", 128),
    ("department", 64),
    ("companyName", 64),
    ("employeeId", 16),
    ("employeeType", 64),
    ("officeLocation", 128),
    ("mobilePhone", 64),
    ("preferredLanguage", 64),
    ("city", 128),
    ("country", 128),
    ("state", 128),
    ("streetAddress", 1024),
    ("postalCode", 40),
    ("passwordPolicies", 128),
];

/// Takes over all properties but the principal name.
pub(super) fn apply(
    directory: &Directory<'_, '_>,
    user: &mut GraphUser,
    sent: &Map<String, Value>,
) -> Result<(), Refused> {
    for (name, value) in sent {
        match (name.as_str(), value) {
            ("userPrincipalName", _) => {}
            ("accountEnabled", Value::Bool(value)) => user.account_enabled = *value,
            ("displayName", Value::String(text)) if fits(text, 256) => user.display_name.clone_from(text),
            ("mailNickname", Value::String(text)) if fits(text, 64) && is_nickname(text) => {
                user.mail_nickname.clone_from(text);
            }
            ("passwordProfile", Value::Object(profile)) => passwords::apply(user, profile)?,
            ("mail", _) => set_mail(directory, user, value)?,
            ("usageLocation", Value::String(text)) if is_country(text) => keep(user, name, value),
            ("businessPhones" | "otherMails", Value::Array(_)) => keep(user, name, value),
            ("onPremisesExtensionAttributes", Value::Object(attributes)) => extend(user, attributes)?,
            ("proxyAddresses" | "id" | "assignedLicenses" | "createdDateTime" | "deletedDateTime", _) => {
                let message = format!("Property '{name}' is read-only and cannot be set.");
                return Err(Refused::bad_request(message));
            }
            (name, value) => apply_text(user, name, value)?,
        }
    }
    Ok(())
}

fn apply_text(user: &mut GraphUser, name: &str, value: &Value) -> Result<(), Refused> {
    let own = [
        "accountEnabled",
        "displayName",
        "mailNickname",
        "passwordProfile",
        "usageLocation",
        "businessPhones",
        "otherMails",
        "onPremisesExtensionAttributes",
    ];
    let longest = TEXTS.iter().find(|(known, _)| *known == name).map(|(_, longest)| *longest);
    match (longest, value) {
        (Some(_), Value::Null) => {
            user.fields.remove(name);
        }
        (Some(longest), Value::String(text)) if fits(text, longest) => keep(user, name, value),
        (Some(_), _) => return Err(Refused::invalid_value(name)),
        (None, _) if own.contains(&name) => return Err(Refused::invalid_value(name)),
        (None, _) => return Err(Refused::bad_request(format!("Invalid property '{name}'."))),
    }
    Ok(())
}

fn keep(user: &mut GraphUser, name: &str, value: &Value) {
    user.fields.insert(name.to_owned(), value.clone());
}

fn fits(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count())
}

/// "A two-letter country code (ISO standard 3166)."
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_nickname(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !b"@()\\[]\";:<>,".contains(&byte))
}

/// "Changes to this property update the user's proxyAddresses collection to include the value as an SMTP address." Of a user
/// with a mailbox Exchange decides it.
fn set_mail(directory: &Directory<'_, '_>, user: &mut GraphUser, value: &Value) -> Result<(), Refused> {
    if user.has_mailbox {
        let message = "Unable to update the specified properties for objects that have originated within an external service.";
        return Err(Refused::bad_request(message));
    }
    let address = value.as_str().ok_or_else(|| Refused::invalid_value("mail"))?;
    let domain = address.split_once('@').map(|(_, domain)| domain).unwrap_or_default();
    if directory.tenant.domain(domain).is_none_or(|domain| !domain.verified) {
        return Err(Refused::invalid_value("mail"));
    }
    user.mail = Some(address.to_owned());
    user.proxy_addresses = vec![format!("SMTP:{address}")];
    Ok(())
}

/// "extensionAttribute1" to "15", of up to 1,024 characters; those that are not sent are kept.
fn extend(user: &mut GraphUser, attributes: &Map<String, Value>) -> Result<(), Refused> {
    let name = "onPremisesExtensionAttributes";
    let kept = user.fields.get(name).and_then(Value::as_object).cloned();
    let mut all = kept.unwrap_or_default();
    for (attribute, value) in attributes {
        let number = attribute.strip_prefix("extensionAttribute").and_then(|number| number.parse().ok());
        let known = number.is_some_and(|number: u8| (1..=15).contains(&number));
        let valid = value.is_null() || value.as_str().is_some_and(|text| fits(text, 1024));
        if !known || !valid {
            return Err(Refused::invalid_value(name));
        }
        all.insert(attribute.clone(), value.clone());
    }
    user.fields.insert(name.to_owned(), Value::Object(all));
    Ok(())
}
