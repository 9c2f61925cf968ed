//! Microsoft 365: users of one directory, through Microsoft Graph
//! (<https://learn.microsoft.com/graph/api/resources/user>).
//!
//! A user is made disabled, with the job's mark as its employee id, and gets its mailbox with a licence. The mark goes when the mailbox
//! is there, for the business's own use of that field. What was just made may not be seen for a while.

mod check;
mod errors;
mod leaving;
mod lookup;
mod rights;
mod token;

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use vestibule_domain::DirectoryId;

use super::vendors::{Access, Answer, Call};
use super::{Change, MailboxError, MailboxState, NewUser, Occupancy, ProviderId};
use errors::Refusal;

pub use token::Application;

const HOST: &str = "graph.microsoft.com";
const VERSION: &str = "v1.0";
/// What is read of a user; the rest is no business of ours.
const FIELDS: &str = "id,userPrincipalName,mail,accountEnabled,displayName,employeeId";
/// Letters of a mark that the field takes; the last ones of a job's id are all random.
const MARK_LENGTH: usize = 16;

/// One directory of Microsoft 365, as an application of it.
#[derive(Debug, Clone)]
pub struct Microsoft {
    access: Access,
    licence: DirectoryId,
    country: String,
}

impl Microsoft {
    pub(super) async fn lookup(&self, address: &str) -> Result<Occupancy, MailboxError> {
        let held = self.user(address).await?.is_some()
            || self.holds("users", address).await?
            || self.holds("groups", address).await?;
        Ok(if held { Occupancy::Taken } else { Occupancy::Free })
    }

    pub(super) async fn create_user(&self, user: &NewUser<'_>) -> Result<ProviderId, MailboxError> {
        let body = json!({
            "accountEnabled": false,
            "displayName": format!("{} {}", user.given_name, user.family_name),
            "givenName": shortened(user.given_name),
            "surname": shortened(user.family_name),
            "mailNickname": user.local_part,
            "userPrincipalName": user.address,
            // A licence is refused to a user without a country.
            "usageLocation": self.country,
            "employeeId": mark(user.marker),
            "passwordProfile": {
                "forceChangePasswordNextSignIn": true,
                "password": user.password.expose_secret(),
            },
        });
        match self.send(Call::new(Method::POST, HOST, &[VERSION, "users"]).body(body)).await {
            Ok(answer) => identified(&answer.body),
            Err(Refusal::Taken) => self.adopt(user).await,
            Err(other) => Err(other.into()),
        }
    }

    async fn adopt(&self, user: &NewUser<'_>) -> Result<ProviderId, MailboxError> {
        match self.user(user.address).await? {
            Some(found) if carries(&found, user.marker) => identified(&found),
            Some(_) => Err(MailboxError::Foreign),
            None if self.holds("users", user.address).await? => Err(MailboxError::Foreign),
            None if self.holds("groups", user.address).await? => Err(MailboxError::Foreign),
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
        self.license(id).await?;
        let body = json!({ "accountEnabled": true, "employeeId": null });
        self.patch(id, body).await?.ok_or(UNSEEN)?;
        confirm(self.user(id.as_str()).await?, address)
    }

    /// Gives the user the licence; giving it again changes nothing.
    async fn license(&self, id: &ProviderId) -> Result<(), MailboxError> {
        let licence = self.licence.as_str();
        let body =
            json!({ "addLicenses": [{ "skuId": licence, "disabledPlans": [] }], "removeLicenses": [] });
        let path = [VERSION, "users", id.as_str(), "assignLicense"];
        match self.send(Call::new(Method::POST, HOST, &path).body(body)).await {
            Ok(_) => Ok(()),
            Err(Refusal::Absent) => Err(UNSEEN),
            // The refusal says in words only why: the numbers of licences tell.
            Err(Refusal::Invalid) => Err(self.why_unlicensed().await),
            Err(other) => Err(other.into()),
        }
    }

    pub(super) async fn set_password(
        &self,
        id: &ProviderId,
        password: &SecretString,
        change: Change,
    ) -> Result<(), MailboxError> {
        let profile = json!({
            "forceChangePasswordNextSignIn": change == Change::AtNextSignIn,
            "password": password.expose_secret(),
        });
        let changed = self.patch(id, json!({ "passwordProfile": profile })).await?;
        changed.ok_or(MailboxError::Permanent { code: "entity_not_found" })
    }

    pub(super) async fn disable(&self, id: &ProviderId) -> Result<(), MailboxError> {
        self.patch(id, json!({ "accountEnabled": false })).await.map(drop)
    }

    pub(super) async fn delete(&self, id: &ProviderId) -> Result<(), MailboxError> {
        match self.send(Call::new(Method::DELETE, HOST, &[VERSION, "users", id.as_str()])).await {
            Ok(_) | Err(Refusal::Absent) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    pub(super) async fn describe(&self, id: &ProviderId) -> Result<Option<MailboxState>, MailboxError> {
        self.user(id.as_str()).await?.map(|user| state_of(&user)).transpose()
    }

    /// Changes a user; `None` when there is none.
    async fn patch(&self, id: &ProviderId, body: Value) -> Result<Option<()>, MailboxError> {
        let path = [VERSION, "users", id.as_str()];
        match self.send(Call::new(Method::PATCH, HOST, &path).body(body)).await {
            Ok(_) => Ok(Some(())),
            Err(Refusal::Absent) => Ok(None),
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

/// Names longer than 64 characters are refused in these two fields; the display name has them whole.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

fn mark(marker: &str) -> &str {
    let from = marker.len().saturating_sub(MARK_LENGTH);
    marker.get(from..).unwrap_or_default()
}

fn carries(user: &Value, marker: &str) -> bool {
    !marker.is_empty() && user["employeeId"] == mark(marker)
}

fn identified(user: &Value) -> Result<ProviderId, MailboxError> {
    let id = user["id"].as_str().filter(|id| !id.is_empty());
    id.map(ProviderId::new).ok_or(MailboxError::Unknown { code: "answer_unreadable" })
}

fn state_of(user: &Value) -> Result<MailboxState, MailboxError> {
    Ok(MailboxState {
        id: identified(user)?,
        enabled: user["accountEnabled"] == true && user["mail"].is_string(),
        address: user["userPrincipalName"].as_str().map(str::to_owned),
        display_name: user["displayName"].as_str().map(str::to_owned),
    })
}

/// Whether the mailbox is there: Exchange writes the address into `mail` when it is.
fn confirm(user: Option<Value>, address: &str) -> Result<(), MailboxError> {
    let user = user.ok_or(UNSEEN)?;
    let is = |field: &str| user[field].as_str().is_some_and(|held| held.eq_ignore_ascii_case(address));
    if !is("userPrincipalName") {
        return Err(MailboxError::Permanent { code: "registered_elsewhere" });
    }
    if user["accountEnabled"] != true {
        // Read where the change has not arrived yet.
        return Err(UNSEEN);
    }
    match &user["mail"] {
        Value::String(_) if is("mail") => Ok(()),
        Value::String(_) => Err(MailboxError::Permanent { code: "registered_elsewhere" }),
        _ => Err(MailboxError::NotYet { code: "mailbox_not_ready" }),
    }
}

#[cfg(test)]
mod tests;
