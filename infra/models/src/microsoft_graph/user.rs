//! A user of Microsoft Entra: what is stored, and the resource that shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{password::PasswordHash, rest::timestamp};

/// A licence of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphLicense {
    /// Parts of the subscription that are switched off.
    #[serde(default)]
    pub disabled_plans: Vec<String>,
    /// The subscription.
    pub sku_id: String,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphUser {
    /// The object id, for ever.
    pub id: String,
    /// The tenant it belongs to.
    pub tenant: String,
    /// The name that the user signs in with.
    pub user_principal_name: String,
    /// The name shown to others.
    pub display_name: String,
    /// The mail alias.
    pub mail_nickname: String,
    /// Whether the user may sign in.
    pub account_enabled: bool,
    /// Whether a password of the user's own is asked for at the next sign-in.
    pub force_change_password_next_sign_in: bool,
    /// The licences.
    pub licenses: Vec<GraphLicense>,
    /// When a licence with a mailbox was assigned.
    pub licensed_at: Option<Timestamp>,
    /// The primary address.
    pub mail: Option<String>,
    /// All addresses, each behind `SMTP:` or `smtp:`.
    pub proxy_addresses: Vec<String>,
    /// Whether there is a mailbox.
    pub has_mailbox: bool,
    /// The rules of the inbox.
    pub message_rules: Vec<Value>,
    /// The properties that are kept as they were sent, such as `usageLocation` and `employeeId`.
    pub fields: Map<String, Value>,
    /// When the user was made.
    pub created_at: Timestamp,
    /// When the user was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Sessions from before are ended.
    pub sessions_valid_from: Timestamp,
    pub(super) password: Option<PasswordHash>,
}

/// "Returned by default" on the page of the resource.
const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

impl GraphUser {
    pub(super) fn new(id: String, tenant: &str, user_principal_name: &str, created_at: Timestamp) -> Self {
        Self {
            id,
            tenant: tenant.to_owned(),
            user_principal_name: user_principal_name.to_owned(),
            display_name: String::new(),
            mail_nickname: String::new(),
            account_enabled: true,
            force_change_password_next_sign_in: false,
            licenses: Vec::new(),
            licensed_at: None,
            mail: None,
            proxy_addresses: Vec::new(),
            has_mailbox: false,
            message_rules: Vec::new(),
            fields: Map::new(),
            created_at,
            deleted_at: None,
            sessions_valid_from: created_at,
            password: None,
        }
    }

    /// Whether `candidate` is the password.
    pub fn password_matches(&self, candidate: &str) -> bool {
        self.password.as_ref().is_some_and(|hash| *hash == PasswordHash::of(&self.id, candidate))
    }

    pub(super) fn set_password(&mut self, password: &str) {
        self.password = Some(PasswordHash::of(&self.id, password));
    }

    /// A property that is kept as it was sent, if it is a text.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.fields.get(property)?.as_str()
    }

    /// Makes the mailbox: its address is the principal name.
    pub(super) fn open_mailbox(&mut self) {
        self.has_mailbox = true;
        if self.mail.is_none() {
            self.mail = Some(self.user_principal_name.clone());
            self.proxy_addresses.push(format!("SMTP:{}", self.user_principal_name));
        }
    }

    /// Every address that nobody else may have, in lower case, with the property that has it. The principal name comes first.
    pub(super) fn addresses(&self) -> Vec<(String, &'static str)> {
        let proxies = self.proxy_addresses.iter().filter_map(|proxy| proxy.split_once(':'));
        let mut all = vec![(self.user_principal_name.to_lowercase(), "userPrincipalName")];
        all.extend(proxies.map(|(_, address)| (address.to_lowercase(), "proxyAddresses")));
        all
    }

    /// All properties of <https://learn.microsoft.com/graph/api/resources/user> that are modelled.
    pub(super) fn properties(&self) -> Map<String, Value> {
        let mut view = self.fields.clone();
        let deleted = self.deleted_at.is_some();
        // A deleted user's name is free: "the object id is put in front of it".
        let principal = if deleted {
            format!("{}{}", self.id.replace('-', ""), self.user_principal_name)
        } else {
            self.user_principal_name.clone()
        };
        let members = [
            ("id", json!(self.id)),
            ("userPrincipalName", json!(principal)),
            ("displayName", json!(self.display_name)),
            ("mailNickname", json!(self.mail_nickname)),
            ("accountEnabled", json!(self.account_enabled)),
            ("assignedLicenses", json!(self.licenses)),
            ("mail", json!(self.mail)),
            ("proxyAddresses", json!(self.proxy_addresses)),
            ("createdDateTime", timestamp(self.created_at)),
            ("deletedDateTime", self.deleted_at.map_or(Value::Null, timestamp)),
            ("signInSessionsValidFromDateTime", timestamp(self.sessions_valid_from)),
        ];
        view.extend(members.map(|(name, value)| (name.to_owned(), value)));
        for (name, empty) in
            [("businessPhones", json!([])), ("otherMails", json!([])), ("userType", json!("Member"))]
        {
            view.entry(name).or_insert(empty);
        }
        view
    }

    /// These properties, or those that are returned by default. What has no value is null.
    pub(super) fn view(&self, select: Option<&[String]>) -> Map<String, Value> {
        let mut all = self.properties();
        let default = DEFAULT.map(str::to_owned);
        let names = select.unwrap_or(&default);
        names.iter().map(|name| (name.clone(), all.remove(name).unwrap_or_default())).collect()
    }
}
