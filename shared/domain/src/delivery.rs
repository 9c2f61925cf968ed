//! What became of a mail after the mail service took it. Its reports come repeated and in any order; the states have one
//! order, and a mail only moves forward in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::JobId;

/// What is known of a mail. Each state says more than those before it, whichever report comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The receiving server does not take it yet; it is tried again.
    Delayed,
    /// It came back, for a reason that may pass, such as a full mailbox.
    SoftBounced,
    /// The receiving server took it. What comes back later for a passing reason is an answer such as an absence note.
    Delivered,
    /// The mail service did not send it.
    Rejected,
    /// It came back for good: there is no such mailbox.
    Bounced,
    /// The recipient called it unwanted.
    Complained,
}

impl DeliveryState {
    /// All of them, in their order.
    pub const ALL: [Self; 6] =
        [Self::Delayed, Self::SoftBounced, Self::Delivered, Self::Rejected, Self::Bounced, Self::Complained];

    /// The state as rows and answers have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::SoftBounced => "soft_bounced",
            Self::Delivered => "delivered",
            Self::Rejected => "rejected",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Whether somebody must be told: the mail did not reach its reader, or was not welcome.
    #[must_use]
    pub const fn is_problem(self) -> bool {
        matches!(self, Self::SoftBounced | Self::Rejected | Self::Bounced | Self::Complained)
    }

    /// Why nothing more is sent to the address, if that follows.
    #[must_use]
    pub const fn suppresses(self) -> Option<SuppressionReason> {
        match self {
            Self::Bounced => Some(SuppressionReason::Bounced),
            Self::Complained => Some(SuppressionReason::Complained),
            Self::Delayed | Self::SoftBounced | Self::Delivered | Self::Rejected => None,
        }
    }
}

/// A state and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The state.
    pub state: DeliveryState,
    /// When it was reached, as the report says.
    pub at: Timestamp,
}

impl Delivery {
    /// Whether this says more than what is `known`.
    #[must_use]
    pub fn outranks(&self, known: Option<&Self>) -> bool {
        known.is_none_or(|known| known.state < self.state)
    }
}

/// Why an address gets no mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// A mail came back for good.
    Bounced,
    /// A mail was called unwanted.
    Complained,
}

impl SuppressionReason {
    /// The reason as rows have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// The newest mail with a hire's password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsMail {
    /// The job that sent it.
    pub job: JobId,
    /// The mail service's id of it.
    pub message: String,
    /// What became of it, as far as that is known.
    pub delivery: Option<Delivery>,
}

impl CredentialsMail {
    /// A mail that was handed over, of which nothing is known yet.
    #[must_use]
    pub fn sent(job: JobId, message: &str) -> Self {
        Self { job, message: message.to_owned(), delivery: None }
    }

    /// Whether it is the mail of this job and id.
    #[must_use]
    pub fn is(&self, job: JobId, message: &str) -> bool {
        self.job == job && self.message == message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_in_the_order_of_their_list_and_spelled_as_rows_have_them() {
        assert!(DeliveryState::ALL.is_sorted());
        for state in DeliveryState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
        for reason in [SuppressionReason::Bounced, SuppressionReason::Complained] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }

    #[test]
    fn a_report_counts_only_when_it_says_more() {
        let at = Timestamp::UNIX_EPOCH;
        for (nth, state) in DeliveryState::ALL.into_iter().enumerate() {
            let told = Delivery { state, at };
            assert!(told.outranks(None));
            for (other, known) in DeliveryState::ALL.into_iter().enumerate() {
                assert_eq!(told.outranks(Some(&Delivery { state: known, at })), nth > other);
            }
        }
    }

    #[test]
    fn an_absence_note_is_no_problem_once_the_mail_was_taken() {
        let (note, taken) = (DeliveryState::SoftBounced, DeliveryState::Delivered);
        assert!(note.is_problem() && !taken.is_problem() && note < taken);
    }
}
