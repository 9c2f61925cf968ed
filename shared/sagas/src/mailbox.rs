//! The mailbox saga: a signed hire gets a mailbox and its password by mail.
//!
//! Order: claim -> reserve address -> create user -> enable mailbox -> issue password -> finish.
//! The address is given back last, when the mailbox is known to be gone. Once the mail may be
//! out there is no way back, only forward.

use serde::{Deserialize, Serialize};
use vestibule_domain::LocalPart;
use vestibule_saga::{Step, saga};

saga! {
    /// The steps.
    pub enum MailboxStep in "mailbox" {
        /// Looks whether the hire still needs a mailbox.
        Claim = "claim": Step::inside();
        /// Takes an address that nobody has; waits where the tenant has no mail domain or provider yet.
        ReserveAddress = "reserve_address": Step::inside().repeating();
        /// Makes the user at the provider.
        CreateUser = "create_user":
            Step::outside().when_rejected(None, Self::ReserveAddress.as_str());
        /// Gives the user its mailbox.
        EnableMailbox = "enable_mailbox":
            Step::outside().when_rejected(Some(Self::CreateUser.as_str()), Self::ReserveAddress.as_str());
        /// Sets a temporary password and mails it.
        IssuePassword = "issue_password": Step::outside().point_of_no_return();
        /// Shows address and mailbox on the hire, and closes the job.
        Finish = "finish": Step::inside().last();
    }
}

/// What a mailbox job keeps between its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxState {
    /// A local part chosen by a person instead of the folded name.
    pub local_part: Option<LocalPart>,
    /// Addresses found to belong to somebody else.
    #[serde(default)]
    pub foreign: Vec<String>,
}
