//! A new hire: who joins, what must be signed, and where the mailbox stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Address, DocumentKind, DocumentRecord, DocumentStatus, Email, EnvelopeEvent, HireId, JobId, JobStatus,
    PersonName, Taken, World,
};

/// A hire's name as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HireName {
    /// Given name.
    pub given: PersonName,
    /// Family name.
    pub family: PersonName,
}

impl HireName {
    /// Both parts with a space between.
    pub fn display(&self) -> String {
        format!("{} {}", self.given.as_str(), self.family.as_str())
    }
}

/// A person about to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hire {
    /// The hire's id.
    pub id: HireId,
    /// The name on the contract.
    pub name: HireName,
    /// Where the person can be reached before the mailbox exists.
    pub personal_email: Email,
    /// The required documents as they were when the hire was created.
    pub documents: BTreeMap<DocumentKind, DocumentRecord>,
    /// The job that makes the mailbox, once every document is signed.
    pub mailbox_job: Option<JobId>,
    /// Where that job stands; written with every change of the job's status.
    pub provisioning: Option<JobStatus>,
    /// The corporate address, once the mailbox works.
    pub address: Option<Address>,
    /// The provider's id of the mailbox, once it works.
    pub mailbox: Option<String>,
    /// When the hire was created.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// Counts the writes; each write names the version it read.
    pub version: u64,
}

impl Hire {
    /// A new hire with every required document pending.
    pub fn new(name: HireName, personal_email: Email, required: &[DocumentKind], world: &World) -> Self {
        let now = world.now();
        let pending = DocumentRecord::pending(now);
        Self {
            id: HireId::new(world),
            name,
            personal_email,
            documents: required.iter().map(|kind| (kind.clone(), pending.clone())).collect(),
            mailbox_job: None,
            provisioning: None,
            address: None,
            mailbox: None,
            created: now,
            updated: now,
            version: 0,
        }
    }

    /// Takes an event about a document; `None` when this hire does not need it. `now` is our own clock.
    pub fn take_document(
        &mut self,
        kind: &DocumentKind,
        event: &EnvelopeEvent,
        now: Timestamp,
    ) -> Option<Taken> {
        let taken = self.documents.get_mut(kind)?.take(event, now);
        if taken == Taken::Moved {
            self.updated = now;
        }
        Some(taken)
    }

    /// Whether all documents are signed and no job exists yet.
    pub fn is_due(&self) -> bool {
        self.mailbox_job.is_none() && self.documents.values().all(|d| d.status == DocumentStatus::Signed)
    }
}
