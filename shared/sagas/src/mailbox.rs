//! The mailbox saga: a signed hire gets a mailbox and its password by mail.
//!
//! Order: claim -> reserve address -> create user -> enable mailbox -> issue password -> finish.
//! The address is given back last, when the mailbox is known to be gone. Once the mail may be
//! out there is no way back, only forward.

use serde::{Deserialize, Serialize};
use vestibule_domain::{LocalPart, MailboxProvider, PasswordLink};
use vestibule_saga::{Step, saga};

use crate::{Waiting, Waits};

saga! {
    /// The steps.
    pub enum MailboxStep in "mailbox" {
        /// Looks whether the hire still needs a mailbox.
        Claim = "claim": Step::inside();
        /// Takes an address that nobody has; waits where the tenant has no mail domain or provider yet.
        ReserveAddress = "reserve_address": Step::inside().repeating();
        /// Makes the user at the provider; waits where it cannot be seen yet who has the address.
        CreateUser = "create_user":
            Step::outside().repeating().when_rejected(None, Self::ReserveAddress.as_str());
        /// Gives the user its mailbox, and waits until it is there.
        EnableMailbox = "enable_mailbox": Step::outside()
            .repeating()
            .when_rejected(Some(Self::CreateUser.as_str()), Self::ReserveAddress.as_str());
        /// Sets a password, and mails it or a link to choose another.
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
    /// The provider that was set when the address was reserved: the job stays there. `None` in jobs from before there was a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<MailboxProvider>,
    /// For what the step at hand waits, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// The link in the last mail, which goes to the hire with the end of the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<PasswordLink>,
}

impl Waits for MailboxState {
    fn waiting(&mut self) -> &mut Option<Waiting> {
        &mut self.waiting
    }
}
