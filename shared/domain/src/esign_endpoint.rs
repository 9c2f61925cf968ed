//! Where events of an e-sign vendor come in for a tenant.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::EndpointId;

/// Most endpoints of a tenant: while it changes its vendor it has two, and some sign with two accounts.
pub const MOST_ESIGN_ENDPOINTS: usize = 5;
/// Most keys that an endpoint takes at once: the one before, and the one after a rotation.
pub const MOST_ESIGN_KEYS: usize = 2;

/// An endpoint as its tenant sees it; its keys are a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsignEndpoint {
    /// Its unguessable id in the address.
    pub id: EndpointId,
    /// The vendor's path segment, such as `docusign`.
    pub vendor: String,
    /// When it was made.
    pub created: Timestamp,
    /// When each key that it takes was given, the newest first.
    pub keys: Vec<Timestamp>,
}
