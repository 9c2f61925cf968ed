//! The credentials saga: an existing mailbox gets a new temporary password by mail.

use vestibule_saga::{Step, saga};

saga! {
    /// The steps.
    pub enum CredentialsStep in "credentials" {
        /// Looks whether there is a mailbox.
        Claim = "claim": Step::inside();
        /// Sets a new password and mails it.
        IssuePassword = "issue_password": Step::outside().point_of_no_return();
        /// Closes the job.
        Finish = "finish": Step::inside().last();
    }
}
