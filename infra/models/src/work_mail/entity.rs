//! What the directory stores: organizations, users and their mailboxes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::permissions::MailboxPermission;
use crate::password::PasswordHash;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Domain {
    pub(crate) name: String,
    pub(crate) verified: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) domains: Vec<Domain>,
    pub(crate) created_at: Timestamp,
}

impl Organization {
    pub(crate) fn new(id: &str, domain: &str, created_at: Timestamp) -> Self {
        let domain = Domain { name: domain.to_lowercase(), verified: true };
        Self { id: id.to_owned(), domains: vec![domain], created_at }
    }

    /// The domain new organizations are opened with comes first and stays the default.
    pub(crate) fn default_domain(&self) -> &str {
        self.domains.first().map_or("", |domain| domain.name.as_str())
    }
}

/// Whether a user has a mailbox in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserState {
    /// Registered: the mailbox is in use and paid for.
    Enabled,
    /// Not registered, or registered no more.
    Disabled,
}

/// The roles a caller may give a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserRole {
    /// A person with a mailbox in this organization.
    User,
    /// A person whose mailbox is elsewhere.
    RemoteUser,
}

/// A mailbox; it belongs to one user id for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// When it was made.
    pub provisioned_at: Timestamp,
    /// When the user was deregistered; the mailbox is kept 30 days from then.
    pub deprovisioned_at: Option<Timestamp>,
}

/// A user of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The directory's id for the user.
    pub id: String,
    /// The organization it belongs to.
    pub organization: String,
    /// The user name, unique in the organization without regard to case.
    pub name: String,
    /// The name shown to others.
    pub display_name: String,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The id of the person at an outside identity provider.
    pub identity_provider_user_id: Option<String>,
    /// Whether the address book leaves the user out.
    pub hidden: bool,
    /// The role.
    pub role: UserRole,
    /// The state.
    pub state: UserState,
    /// The primary address; only enabled users have one.
    pub email: Option<String>,
    /// Further addresses.
    pub aliases: Vec<String>,
    /// What others may do in the mailbox.
    #[serde(default)]
    pub permissions: Vec<MailboxPermission>,
    /// The mailbox, kept for 30 days after deregistration.
    pub mailbox: Option<Mailbox>,
    /// When the user was enabled last.
    pub enabled_at: Option<Timestamp>,
    /// When the user was disabled last.
    pub disabled_at: Option<Timestamp>,
    /// When the user was made.
    pub created_at: Timestamp,
    pub(super) password: Option<PasswordHash>,
}

impl User {
    /// Whether a password is set.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    pub(super) fn set_password(&mut self, password: &str) {
        self.password = Some(PasswordHash::of(&self.id, password));
    }

    pub(super) fn password_matches(&self, candidate: &str) -> bool {
        self.password.as_ref().is_some_and(|hash| *hash == PasswordHash::of(&self.id, candidate))
    }

    /// All addresses at which the user is reached.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &String> {
        self.email.iter().chain(&self.aliases)
    }
}
