//! Google Workspace: users of one customer, through the Directory API of the Admin SDK
//! (<https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>).
//!
//! A user is made suspended, with the job's mark among its external ids, and gets its mailbox when it is no longer
//! suspended. What was just made may not be seen for a while, and cannot be changed until it is complete.

mod check;
mod errors;
mod key;
mod leaving;
mod token;

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::vendors::{Access, Answer, Call};
use super::{Change, MailboxError, MailboxState, NewUser, Occupancy, ProviderId};
use errors::Refusal;

pub use key::{KeyRefused, ServiceAccount};
pub use token::Scopes;

const HOST: &str = "admin.googleapis.com";
const USERS: [&str; 4] = ["admin", "directory", "v1", "users"];
const GROUPS: [&str; 4] = ["admin", "directory", "v1", "groups"];
/// The custom kind of external id that holds the mark.
const MARK: &str = "vestibule";

/// One customer of Google Workspace, as one of its administrators.
#[derive(Debug, Clone)]
pub struct Google {
    access: Access,
    admin: String,
}

impl Google {
    pub(super) async fn lookup(&self, address: &str) -> Result<Occupancy, MailboxError> {
        // A user is found by its address and by each alias, and so is a group.
        let held = self.user(address).await?.is_some() || self.group_holds(address).await?;
        Ok(if held { Occupancy::Taken } else { Occupancy::Free })
    }

    pub(super) async fn create_user(&self, user: &NewUser<'_>) -> Result<ProviderId, MailboxError> {
        let body = json!({
            "primaryEmail": user.address,
            "name": { "givenName": user.given_name, "familyName": user.family_name },
            "password": user.password.expose_secret(),
            "changePasswordAtNextLogin": true,
            "suspended": true,
            "externalIds": [{ "type": "custom", "customType": MARK, "value": user.marker }],
        });
        match self.send(Call::new(Method::POST, HOST, &USERS).body(body)).await {
            Ok(answer) => identified(&answer.body),
            Err(Refusal::Taken) => self.adopt(user).await,
            // There is no precondition to meet but a free licence.
            Err(Refusal::Precondition) => Err(MailboxError::Permanent { code: "licences_used_up" }),
            Err(other) => Err(other.into()),
        }
    }

    async fn adopt(&self, user: &NewUser<'_>) -> Result<ProviderId, MailboxError> {
        match self.user(user.address).await? {
            Some(found) if carries(&found, user.marker) => identified(&found),
            Some(_) => Err(MailboxError::Foreign),
            None if self.group_holds(user.address).await? => Err(MailboxError::Foreign),
            // Our own user that is not seen yet, or one that was deleted a short time ago.
            None => Err(MailboxError::NotYet { code: "name_holder_unseen" }),
        }
    }

    pub(super) async fn find_ours(
        &self,
        address: &str,
        marker: &str,
    ) -> Result<Option<ProviderId>, MailboxError> {
        match self.user(address).await? {
            Some(found) if carries(&found, marker) => identified(&found).map(Some),
            _ => Ok(None),
        }
    }

    pub(super) async fn enable(&self, id: &ProviderId, address: &str) -> Result<(), MailboxError> {
        let user = self.patch(id, json!({ "suspended": false })).await?.ok_or(UNSEEN)?;
        confirm(&user, address)
    }

    pub(super) async fn set_password(
        &self,
        id: &ProviderId,
        password: &SecretString,
        change: Change,
    ) -> Result<(), MailboxError> {
        let must_change = change == Change::AtNextSignIn;
        let body = json!({ "password": password.expose_secret(), "changePasswordAtNextLogin": must_change });
        self.patch(id, body).await?.map(drop).ok_or(MailboxError::Permanent { code: "entity_not_found" })
    }

    pub(super) async fn disable(&self, id: &ProviderId) -> Result<(), MailboxError> {
        self.patch(id, json!({ "suspended": true })).await.map(drop)
    }

    pub(super) async fn delete(&self, id: &ProviderId) -> Result<(), MailboxError> {
        match self.send(Call::new(Method::DELETE, HOST, &at(&USERS, id.as_str()))).await {
            Ok(_) | Err(Refusal::Absent) => Ok(()),
            Err(other) => Err(other.into_incomplete()),
        }
    }

    pub(super) async fn describe(&self, id: &ProviderId) -> Result<Option<MailboxState>, MailboxError> {
        self.user(id.as_str()).await?.map(|user| state_of(&user)).transpose()
    }

    /// Changes a user; `None` when there is none.
    async fn patch(&self, id: &ProviderId, body: Value) -> Result<Option<Value>, MailboxError> {
        match self.send(Call::new(Method::PATCH, HOST, &at(&USERS, id.as_str())).body(body)).await {
            Ok(answer) => answer.object().map(Some),
            Err(Refusal::Absent) => Ok(None),
            Err(other) => Err(other.into_incomplete()),
        }
    }

    /// The user with this id, address or alias.
    async fn user(&self, key: &str) -> Result<Option<Value>, MailboxError> {
        match self.send(Call::new(Method::GET, HOST, &at(&USERS, key))).await {
            Ok(answer) => answer.object().map(Some),
            Err(Refusal::Absent) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    async fn group_holds(&self, address: &str) -> Result<bool, MailboxError> {
        match self.send(Call::new(Method::GET, HOST, &at(&GROUPS, address))).await {
            Ok(answer) => answer.object().map(|_| true),
            Err(Refusal::Absent) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Refusal> {
        let answer = self.access.send(call).await?;
        if answer.is_success() { Ok(answer) } else { Err(errors::refusal(&answer)) }
    }
}

/// The user may be there although it is not seen.
const UNSEEN: MailboxError = MailboxError::NotYet { code: "user_unseen" };

fn at<'a>(collection: &[&'a str; 4], key: &'a str) -> [&'a str; 5] {
    let [a, b, c, d] = *collection;
    [a, b, c, d, key]
}

fn identified(user: &Value) -> Result<ProviderId, MailboxError> {
    let id = user["id"].as_str().filter(|id| !id.is_empty());
    id.map(ProviderId::new).ok_or(MailboxError::Unknown { code: "answer_unreadable" })
}

/// Whether the user has this mark of ours.
fn carries(user: &Value, marker: &str) -> bool {
    let ours = |id: &Value| id["customType"] == MARK && id["value"] == marker;
    !marker.is_empty() && user["externalIds"].as_array().is_some_and(|ids| ids.iter().any(ours))
}

fn state_of(user: &Value) -> Result<MailboxState, MailboxError> {
    Ok(MailboxState {
        id: identified(user)?,
        enabled: user["suspended"] == false && user["isMailboxSetup"] == true,
        address: user["primaryEmail"].as_str().map(str::to_owned),
        display_name: user["name"]["fullName"].as_str().map(str::to_owned),
    })
}

fn confirm(user: &Value, address: &str) -> Result<(), MailboxError> {
    let held = user["primaryEmail"].as_str().is_some_and(|held| held.eq_ignore_ascii_case(address));
    if !held {
        return Err(MailboxError::Permanent { code: "registered_elsewhere" });
    }
    match (&user["suspended"], &user["isMailboxSetup"]) {
        (Value::Bool(false), Value::Bool(true)) => Ok(()),
        (Value::Bool(false), _) => Err(MailboxError::NotYet { code: "mailbox_not_ready" }),
        _ => Err(MailboxError::Unknown { code: "enable_unconfirmed" }),
    }
}

#[cfg(test)]
mod tests;
