//! A new hire: who joins, what must be signed, and where the mailbox stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Address, CredentialsMail, Delivery, DocumentKind, DocumentRecord, DocumentStatus, Email, EnvelopeEvent,
    HireId, JobId, JobStatus, Leaving, MailboxProvider, PasswordLink, PersonName, Taken, World,
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
    /// The jobs for this hire, oldest first; of more than 80 the newest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<JobId>,
    /// Where that job stands; written with every change of the job's status.
    pub provisioning: Option<JobStatus>,
    /// The corporate address, once the mailbox works.
    pub address: Option<Address>,
    /// The provider's id of the mailbox, once it works.
    pub mailbox: Option<String>,
    /// The provider it works at. Mailboxes from before there was a choice are at `WorkMail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox_at: Option<MailboxProvider>,
    /// The newest mail with a password for it, once there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_mail: Option<CredentialsMail>,
    /// The newest link by which its owner chooses a password, if the newest mail carried one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_link: Option<PasswordLink>,
    /// The leaving, once it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<Leaving>,
    /// The newest job that does it; it stays known when the hire was called back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offboarding_job: Option<JobId>,
    /// When the hire was created.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// Counts the writes; each write names the version it read.
    pub version: u64,
}

/// Jobs of one hire that are known by it.
const MOST_JOBS: usize = 80;

impl Hire {
    /// Notes a new job for this hire.
    pub fn worked_on_by(&mut self, job: JobId) {
        self.jobs.push(job);
        if self.jobs.len() > MOST_JOBS {
            self.jobs.remove(0);
        }
    }

    /// The jobs for this hire, oldest first. Hires from before jobs were noted know the one for the mailbox and that of the newest mail.
    pub fn known_jobs(&self) -> Vec<JobId> {
        let mailed = self.credentials_mail.as_ref().map(|mail| mail.job);
        let mut jobs: Vec<_> = self.mailbox_job.into_iter().chain(mailed).chain(self.jobs.clone()).collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }

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
            jobs: Vec::new(),
            provisioning: None,
            address: None,
            mailbox: None,
            mailbox_at: None,
            credentials_mail: None,
            password_link: None,
            leaving: None,
            offboarding_job: None,
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

    /// Notes that a job has mailed a password; what is known of that very mail already stays.
    pub fn mailed(&mut self, job: JobId, message: &str) {
        let known = self.credentials_mail.as_ref().is_some_and(|mail| mail.is(job, message));
        if !known {
            self.credentials_mail = Some(CredentialsMail::sent(job, message));
        }
    }

    /// Takes a report on the mail of a job; false when it says nothing new, or the mail of a newer job counts.
    pub fn take_delivery(&mut self, job: JobId, message: &str, delivery: Delivery) -> bool {
        let newer = self.credentials_mail.as_ref().is_some_and(|mail| mail.job > job);
        let known = self.credentials_mail.as_ref().filter(|mail| mail.is(job, message));
        if newer || !delivery.outranks(known.and_then(|mail| mail.delivery.as_ref())) {
            return false;
        }
        self.credentials_mail =
            Some(CredentialsMail { delivery: Some(delivery), ..CredentialsMail::sent(job, message) });
        true
    }

    /// What is wrong with the newest mail with a password, if anything is.
    #[must_use]
    pub fn mail_problem(&self) -> Option<Delivery> {
        self.credentials_mail.as_ref()?.delivery.filter(|delivery| delivery.state.is_problem())
    }

    /// Where the mailbox works, if there is one.
    pub fn mailbox_provider(&self) -> Option<MailboxProvider> {
        self.mailbox.as_ref().map(|_| self.mailbox_at.unwrap_or(MailboxProvider::WorkMail))
    }

    /// Whether all documents are signed and no job exists yet.
    pub fn is_due(&self) -> bool {
        self.mailbox_job.is_none() && self.documents.values().all(|d| d.status == DocumentStatus::Signed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeliveryState;

    fn hire() -> Hire {
        let world = World::new(|| Timestamp::UNIX_EPOCH, |buffer| buffer.fill(7));
        let name = |text: &str| PersonName::parse(text).unwrap();
        let name = HireName { given: name("Kim"), family: name("Doe") };
        Hire::new(name, Email::parse("kim@example.org").unwrap(), &[], &world)
    }

    fn told(state: DeliveryState) -> Delivery {
        Delivery { state, at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_new_password_mail_clears_the_problem_of_the_one_before() {
        let (mut hire, old, new) = (hire(), JobId::from_parts(1, 1), JobId::from_parts(2, 1));
        assert!(hire.take_delivery(old, "m-1", told(DeliveryState::Bounced)));
        assert!(!hire.take_delivery(old, "m-1", told(DeliveryState::Delivered)));
        hire.mailed(old, "m-1");
        assert_eq!(hire.mail_problem().unwrap().state, DeliveryState::Bounced, "the same mail");
        hire.mailed(new, "m-2");
        assert_eq!(hire.mail_problem(), None);
        assert!(!hire.take_delivery(old, "m-1", told(DeliveryState::Complained)), "an older mail");
        assert!(hire.take_delivery(new, "m-2", told(DeliveryState::Rejected)));
        assert!(hire.mail_problem().is_some());
    }
}
