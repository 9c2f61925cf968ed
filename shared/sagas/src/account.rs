//! The account saga: an administrator of the platform gives somebody an account.
//!
//! Order: tenant -> account -> subscription -> invitation -> finish. Each step but the mail is one transaction with its own
//! record, so what it made is known exactly; only that is undone. A person who was there stays, and so does a tenant.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_domain::{MadeAccount, Tier};
use vestibule_saga::{Step, saga};

saga! {
    /// The steps.
    pub enum AccountStep in "account" {
        /// Makes the organization, or looks whether the one that was named is there.
        Tenant = "tenant": Step::inside();
        /// Makes the person, or finds them by their address, and makes them a member.
        Account = "account": Step::inside();
        /// Gives the account its tier.
        Subscription = "subscription": Step::inside();
        /// Mails the invitation.
        Invitation = "invitation": Step::outside().point_of_no_return();
        /// Closes the job.
        Finish = "finish": Step::inside().last();
    }
}

/// One try to hand the invitation over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailTry {
    /// The run of the job that tried.
    pub run: u32,
    /// When.
    pub at: Timestamp,
    /// Why it failed, as a stable code; none while it is not known.
    pub refused: Option<String>,
    /// Whether the service only asked to wait: then it does not count as a try.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// What an account job keeps between its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// What was made, once it was.
    pub made: Option<MadeAccount>,
    /// The tier that the account had before, once it has another.
    pub tier_before: Option<Tier>,
    /// The version of the account at which it had that tier.
    #[serde(default)]
    pub tier_version: Option<u64>,
    /// The tries to send the mail, the first one first.
    #[serde(default)]
    pub mails: Vec<MailTry>,
}
