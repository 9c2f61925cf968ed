//! The credentials saga: the owner of an existing mailbox gets a new password, or a link to choose one, by mail.

use serde::{Deserialize, Serialize};
use vestibule_domain::PasswordLink;
use vestibule_saga::{Step, saga};

saga! {
    /// The steps.
    pub enum CredentialsStep in "credentials" {
        /// Looks whether there is a mailbox.
        Claim = "claim": Step::inside();
        /// Sets a new password, and mails it or a link to choose another.
        IssuePassword = "issue_password": Step::outside().point_of_no_return();
        /// Closes the job.
        Finish = "finish": Step::inside().last();
    }
}

/// What a credentials job keeps between its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsState {
    /// The link in the last mail, which goes to the hire with the end of the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<PasswordLink>,
}
