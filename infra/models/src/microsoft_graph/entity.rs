//! What Microsoft stores of a tenant, and how long it takes for things.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::password::PasswordHash;

/// How long Microsoft takes for things. Both are zero until they are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphSettings {
    /// How long a user who was just made is answered with 404, while a second one of the name is refused already: what was
    /// written is read from replicas (<https://learn.microsoft.com/graph/best-practices-concept>).
    pub read_lag: SignedDuration,
    /// How long after the licence a mailbox appears.
    pub mailbox_lag: SignedDuration,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Domain {
    pub(crate) name: String,
    pub(crate) verified: bool,
    pub(crate) default: bool,
}

/// A subscription of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphSku {
    /// The id that licences name.
    pub sku_id: String,
    /// Such as `O365_BUSINESS_ESSENTIALS`.
    pub part_number: String,
    /// How many licences it has.
    pub enabled: u32,
    /// Whether a licence of it comes with a mailbox.
    pub mailbox: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) domains: Vec<Domain>,
    pub(crate) skus: Vec<GraphSku>,
    pub(crate) created_at: Timestamp,
}

impl Tenant {
    pub(super) fn new(id: &str, domain: &str, created_at: Timestamp) -> Self {
        let domain = Domain { name: domain.to_lowercase(), verified: true, default: true };
        Self { id: id.to_owned(), domains: vec![domain], skus: Vec::new(), created_at }
    }

    pub(super) fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn sku(&self, id: &str) -> Option<&GraphSku> {
        self.skus.iter().find(|sku| sku.sku_id.eq_ignore_ascii_case(id))
    }
}

/// A secret of an app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ClientSecret {
    pub(super) hash: PasswordHash,
    pub(super) expires_at: Timestamp,
}

/// An app of a tenant, with the application permissions that were consented to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct App {
    pub(super) client_id: String,
    pub(super) secrets: Vec<ClientSecret>,
    pub(super) permissions: BTreeSet<String>,
}

/// An access token, kept under the hash of its text. Permissions are those of the time when it was issued: "roles" is a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) tenant: String,
    pub(super) permissions: BTreeSet<String>,
    pub(super) expires_at: Timestamp,
}

/// Who holds an address, and as which property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    pub(super) id: String,
    pub(super) property: String,
}

/// A group with an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphGroup {
    /// The group's object id.
    pub id: String,
    /// The tenant it belongs to.
    pub tenant: String,
    /// Its primary address.
    pub mail: String,
    /// Its name.
    pub display_name: String,
    /// All addresses, each behind `SMTP:` or `smtp:`.
    pub proxy_addresses: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
}
