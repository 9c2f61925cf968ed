//! What Google stores of a customer, and how long it takes for things.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long Google takes for things. All are zero until they are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoogleSettings {
    /// How long `users.get` and `users.list` do not show a user who was just made.
    pub read_lag: SignedDuration,
    /// How long changes of a user who was just made fail with "User creation is not complete"
    /// (<https://developers.google.com/workspace/admin/directory/v1/guides/manage-users>).
    pub creation_lag: SignedDuration,
    /// How long until `isMailboxSetup` is true.
    pub mailbox_lag: SignedDuration,
    /// How long an address is answered with 409 after its user was deleted, or after it was taken from a user or group. Google
    /// documents no time for it.
    pub address_hold: SignedDuration,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Domain {
    pub(crate) name: String,
    pub(crate) verified: bool,
    pub(crate) primary: bool,
    pub(crate) created_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) domains: Vec<Domain>,
    /// Paths of organizational units; `/` is always there.
    pub(crate) org_units: BTreeSet<String>,
    /// How many users its subscription allows.
    pub(crate) user_limit: Option<u32>,
    /// Whether the administrator has not switched the API off.
    pub(crate) api_access: bool,
    /// Scopes by the client id of the service account that they were delegated to.
    pub(crate) delegations: BTreeMap<String, BTreeSet<String>>,
}

impl Customer {
    pub(super) fn new(id: &str, domain: &str, created_at: Timestamp) -> Self {
        let domain = Domain { name: domain.to_lowercase(), verified: true, primary: true, created_at };
        Self {
            id: id.to_owned(),
            domains: vec![domain],
            org_units: ["/".to_owned()].into(),
            user_limit: None,
            api_access: true,
            delegations: BTreeMap::new(),
        }
    }

    pub(super) fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name.eq_ignore_ascii_case(name))
    }
}

/// A service account of some project of Google Cloud.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ServiceAccount {
    pub(super) email: String,
    pub(super) client_id: String,
    /// Public keys in PEM by key id.
    pub(super) keys: BTreeMap<String, String>,
}

/// An access token, kept under the hash of its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Token {
    /// Customer and id of the user it acts as; `None` for the service account itself.
    pub(super) user: Option<(String, String)>,
    pub(super) scopes: BTreeSet<String>,
    pub(super) expires_at: Timestamp,
}

/// Who holds an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    pub(super) customer: String,
    pub(super) id: String,
    /// Set when its user was deleted.
    pub(super) released_at: Option<Timestamp>,
}

/// A group of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoogleGroup {
    /// Google's id for the group.
    pub id: String,
    /// The customer it belongs to.
    pub customer: String,
    /// Its address.
    pub email: String,
    /// Its name.
    pub name: String,
    /// Further addresses.
    pub aliases: Vec<String>,
}
