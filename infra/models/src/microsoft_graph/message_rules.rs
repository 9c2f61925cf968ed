//! Rules of an inbox: <https://learn.microsoft.com/graph/api/mailfolder-post-messagerules>. They are kept and not carried out: the
//! model has no messages.

use serde_json::{Value, json};

use super::{directory::Directory, refused::Refused, user::GraphUser, users::object};
use crate::{
    ids,
    rest::{Answer, Request},
};

const CONTEXT: &str = "https://graph.microsoft.com/v1.0/$metadata#users/mailFolders('inbox')/messageRules";

/// A user with a mailbox; without one 404 `MailboxNotEnabledForRESTAPI`, also while it is being made
/// (<https://learn.microsoft.com/graph/errors> leaves the code to Outlook's part of the API).
fn owner(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<GraphUser, Refused> {
    let user = directory.get_user(request.key(0))?;
    if user.has_mailbox {
        return Ok(user);
    }
    let message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
    Err(Refused::new(404, "MailboxNotEnabledForRESTAPI", message))
}

/// A member of a rule, and what its value must be.
type Member = (&'static str, fn(&Value) -> bool);

/// What a rule needs.
const NEEDED: [Member; 3] =
    [("displayName", Value::is_string), ("sequence", Value::is_u64), ("actions", Value::is_object)];

pub(super) fn create(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let mut rule = object(request)?;
    let before = owner(directory, request)?;
    if let Some((name, _)) =
        NEEDED.iter().find(|(name, fits)| rule.get(*name).is_none_or(|value| !fits(value)))
    {
        let message = format!("The property '{name}' of the message rule is required.");
        return Err(Refused::new(400, "ErrorInvalidRequest", message));
    }
    rule.entry("isEnabled").or_insert(json!(true));
    rule.insert("id".to_owned(), json!(ids::hex(8)));
    rule.insert("hasError".to_owned(), json!(false));
    let mut user = before.clone();
    user.message_rules.push(Value::Object(rule.clone()));
    directory.save(Some(&before), &user)?;
    directory.count("CreateMessageRule")?;
    rule.insert("@odata.context".to_owned(), json!(format!("{CONTEXT}/$entity")));
    Ok(Answer::created(Value::Object(rule)))
}

pub(super) fn list(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let user = owner(directory, request)?;
    Ok(Answer::ok(json!({ "@odata.context": CONTEXT, "value": user.message_rules })))
}

pub(super) fn delete(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let before = owner(directory, request)?;
    let mut user = before.clone();
    user.message_rules.retain(|rule| rule["id"] != request.key(1));
    if user.message_rules.len() == before.message_rules.len() {
        return Err(Refused::new(
            404,
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        ));
    }
    directory.save(Some(&before), &user)?;
    directory.count("DeleteMessageRule")?;
    Ok(Answer::no_content())
}
