//! A person who can sign in: who they are, whether they may, and what proves it is them.
//! Passwords are not here: they belong to the address (see the store's sign-in record).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Email, PersonName, TenantId, UserId, World};

/// Whether a person may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// Asked to join; has not proved the address yet.
    Invited,
    /// May sign in.
    Active,
    /// Kept out by an administrator, for now.
    Suspended,
    /// Kept out after too many failures, until a time.
    Locked,
    /// Gone; the record stays for the audit log.
    Removed,
}

impl UserState {
    /// The name in answers and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Locked => "locked",
            Self::Removed => "removed",
        }
    }
}

/// A state with its history's last step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserStatus {
    /// The state.
    pub state: UserState,
    /// Since when.
    pub since: Timestamp,
    /// A person's id or the name of a system task.
    pub by: String,
}

impl UserStatus {
    /// Whether the person may act.
    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
    }
}

/// A second factor of six digits that change every 30 seconds (RFC 6238).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    /// The shared secret, base64url of 20 bytes. Sealed in the table.
    pub secret: String,
    /// Set once a first code has shown that the person's device has the secret.
    pub confirmed: Option<Timestamp>,
    /// The last time step whose code was used; none up to it is taken again.
    pub last_step: Option<u64>,
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Totp").field("confirmed", &self.confirmed).finish_non_exhaustive()
    }
}

/// An account at an outside identity provider that signs this person in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The provider's name in the deployment's settings, such as `google`.
    pub provider: String,
    /// What names the account there for ever: issuer and subject, never an address.
    pub key: String,
    /// Since when.
    pub since: Timestamp,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The person's id.
    pub id: UserId,
    /// The address they proved to be theirs.
    pub email: Email,
    /// How they are called.
    pub name: PersonName,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// Counted up whenever everything issued before must end: password change, suspension, undo.
    pub epoch: u64,
    /// The second factor, if set up.
    pub totp: Option<Totp>,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<String>,
    /// Accounts elsewhere that sign this person in.
    pub connections: Vec<Connection>,
    /// The tenant a new session begins in, if chosen.
    pub default_tenant: Option<TenantId>,
    /// The tenant last switched to.
    pub last_tenant: Option<TenantId>,
    /// When their picture was set, if there is one.
    #[serde(default)]
    pub avatar: Option<Timestamp>,
    /// When the person first proved their address.
    pub created: Timestamp,
    /// Counted up by every write.
    pub version: u64,
    /// Counted up by every write but those that only begin a session.
    #[serde(default)]
    pub edits: u64,
}

impl User {
    /// A person who has just proved `email`.
    pub fn new(id: UserId, email: Email, name: PersonName, world: &World) -> Self {
        let now = world.now();
        Self {
            id,
            email,
            name,
            status: UserStatus { state: UserState::Active, since: now, by: id.to_string() },
            epoch: 0,
            totp: None,
            recovery: Vec::new(),
            connections: Vec::new(),
            default_tenant: None,
            last_tenant: None,
            avatar: None,
            created: now,
            version: 0,
            edits: 0,
        }
    }

    /// Whether they may act.
    pub fn is_active(&self) -> bool {
        self.status.is_active()
    }

    /// The second factor, if it counts.
    pub fn second_factor(&self) -> Option<&Totp> {
        self.totp.as_ref().filter(|totp| totp.confirmed.is_some())
    }

    /// The tenant that a new session begins in.
    pub fn home(&self) -> Option<TenantId> {
        self.default_tenant.or(self.last_tenant)
    }
}
