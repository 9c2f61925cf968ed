//! A user of Google Workspace: what is stored, and the resource that shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    password::PasswordHash,
    rest::{passed, timestamp},
};

use super::entity::GoogleSettings;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoogleUser {
    /// Google's id for the user, for ever.
    pub id: String,
    /// The customer it belongs to.
    pub customer: String,
    /// The address the user signs in with.
    pub primary_email: String,
    /// Further addresses.
    pub aliases: Vec<String>,
    /// The given name.
    pub given_name: String,
    /// The family name.
    pub family_name: String,
    /// Whether the user may not sign in.
    pub suspended: bool,
    /// Whether a password of the user's own is asked for at the next sign-in.
    pub change_password_at_next_login: bool,
    /// Whether the user is a super administrator.
    pub is_admin: bool,
    /// The members that are kept as they were sent, such as `externalIds` and `orgUnitPath`.
    pub fields: Map<String, Value>,
    /// When the user was made.
    pub created_at: Timestamp,
    /// When the user was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When the user's sessions were ended last.
    pub signed_out_at: Option<Timestamp>,
    pub(super) password: Option<PasswordHash>,
}

impl GoogleUser {
    pub(super) fn new(id: String, customer: &str, primary_email: String, created_at: Timestamp) -> Self {
        Self {
            id,
            customer: customer.to_owned(),
            primary_email,
            aliases: Vec::new(),
            given_name: String::new(),
            family_name: String::new(),
            suspended: false,
            change_password_at_next_login: false,
            is_admin: false,
            fields: Map::new(),
            created_at,
            deleted_at: None,
            signed_out_at: None,
            password: None,
        }
    }

    /// The values of `externalIds`.
    pub fn external_ids(&self) -> Vec<&str> {
        let ids = self.fields.get("externalIds").and_then(Value::as_array);
        ids.into_iter().flatten().filter_map(|id| id["value"].as_str()).collect()
    }

    /// Whether `candidate` is the password.
    pub fn password_matches(&self, candidate: &str) -> bool {
        self.password.as_ref().is_some_and(|hash| *hash == PasswordHash::of(&self.id, candidate))
    }

    pub(super) fn set_password(&mut self, password: &str) {
        self.password = Some(PasswordHash::of(&self.id, password));
    }

    /// All addresses at which the user is reached.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.primary_email).chain(&self.aliases)
    }

    /// The resource of <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>.
    pub(super) fn view(&self, settings: &GoogleSettings, now: Timestamp) -> Value {
        let mailbox = self.deleted_at.is_none() && passed(self.created_at, settings.mailbox_lag, now);
        let address = |(at, address): (usize, &String)| match at {
            0 => json!({ "address": address, "primary": true }),
            _ => json!({ "address": address }),
        };
        let emails: Vec<_> = self.addresses().enumerate().map(address).collect();
        let mut view = json!({
            "kind": "admin#directory#user", "id": self.id, "etag": etag(&self.id), "primaryEmail": self.primary_email,
            "name": { "givenName": self.given_name, "familyName": self.family_name,
                "fullName": format!("{} {}", self.given_name, self.family_name) },
            "isAdmin": self.is_admin, "isDelegatedAdmin": false, "lastLoginTime": "1970-01-01T00:00:00.000Z",
            "creationTime": timestamp(self.created_at), "agreedToTerms": false, "suspended": self.suspended,
            "archived": false, "changePasswordAtNextLogin": self.change_password_at_next_login, "emails": emails,
            "customerId": self.customer, "orgUnitPath": "/", "isMailboxSetup": mailbox,
            "includeInGlobalAddressList": true,
        });
        self.fields.iter().for_each(|(name, value)| view[name] = value.clone());
        if self.suspended {
            view["suspensionReason"] = json!("ADMIN");
        }
        // The member is left out when there is nothing in it.
        if !self.aliases.is_empty() {
            view["aliases"] = json!(self.aliases);
        }
        if let Some(at) = self.deleted_at {
            view["deletionTime"] = timestamp(at);
        }
        view
    }
}

/// A text that is quoted, as entity tags are.
pub(super) fn etag(id: &str) -> String {
    format!("\"{id}\"")
}
