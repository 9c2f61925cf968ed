//! The offboarding saga: a hire leaves. The mail goes to somebody else or to nobody, signing in ends, and the mailbox is deleted after
//! some days, up to when the hire can be called back.
//!
//! Order: claim -> hand over -> block sign-in -> end sessions -> keep -> delete mailbox -> release address. The mail changes hands
//! before its owner is shut out, so that none is refused on the way. Once the mailbox is deleted there is only forward.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_domain::{Address, HireId, Job, LeavingDays, MailboxProvider, StepStatus};
use vestibule_saga::{Step, saga};

use crate::{Waiting, Waits};

saga! {
    /// The steps.
    pub enum OffboardingStep in "offboarding" {
        /// Looks whether the mailbox and the one who has the mail from then on are there and ours, and waits for jobs that work on it.
        Claim = "claim": Step::inside().repeating();
        /// Lets the other one have the mail; waits while the provider still holds the address.
        HandOver = "hand_over": Step::outside().repeating();
        /// Keeps the leaver from signing in.
        BlockSignIn = "block_sign_in": Step::outside();
        /// Ends the leaver's sessions, where the provider can.
        EndSessions = "end_sessions": Step::outside();
        /// Waits until the mailbox is to be deleted.
        Keep = "keep": Step::inside().repeating();
        /// Deletes the mailbox, and looks that it is gone.
        DeleteMailbox = "delete_mailbox": Step::outside().point_of_no_return();
        /// Waits until the provider keeps nothing of it, gives the address back unless somebody has it now, and closes the job.
        ReleaseAddress = "release_address": Step::inside().repeating().last();
    }
}

/// The intent with which the deletion begins: from here on a job that came to a halt only goes forward, unless a person calls back.
pub const DUE: &str = "deletion_due";
/// The intent written before the mailbox is deleted: from here on it may be gone.
pub const DELETING: &str = "deleting";

/// Whether nothing of the mailbox can be gone yet, nor go while the job's worker finishes what it does.
pub fn can_be_called_back(job: &Job) -> bool {
    let deletion = job.step(OffboardingStep::DeleteMailbox.as_str());
    let begun = deletion.effect.is_some() || deletion.intent.is_some_and(|intent| intent == DELETING);
    !begun && deletion.status != StepStatus::Running
}

/// A mailbox and where it is, as it was looked at when the job began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// The provider's id.
    pub id: String,
    /// Its address.
    pub address: Address,
}

/// What an offboarding keeps between its steps; whose mailbox it is, is its subject.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffboardingState {
    /// Who has the mail from then on, if anybody.
    pub successor: Option<HireId>,
    /// How long the mailbox is kept.
    pub days: LeavingDays,
    /// Where the mailbox is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<MailboxProvider>,
    /// The leaver's mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaver: Option<Owned>,
    /// The successor's mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Owned>,
    /// The rights that the successor had in the mailbox before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rights_before: Vec<String>,
    /// Whether somebody had shut the leaver out before; then calling back does not let the leaver in.
    #[serde(default)]
    pub blocked_before: bool,
    /// When the mailbox is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletes_at: Option<Timestamp>,
    /// For what the step at hand waits, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
}

impl Waits for OffboardingState {
    fn waiting(&mut self) -> &mut Option<Waiting> {
        &mut self.waiting
    }
}
