//! What a failure of the mailbox provider means for a step.

use vestibule_adapters::mailbox::MailboxError;
use vestibule_saga::Failure;

/// The code of a tenant that has not said where its mailboxes are made.
pub(crate) const NO_PROVIDER: &str = "mailbox_provider_missing";

/// The provider was there when the job began, and is not set any more.
pub(crate) fn no_provider() -> Failure {
    Failure::permanent(NO_PROVIDER)
}

/// A failed call, in terms of what to do next. What belongs to somebody else is a rejected candidate.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives the error away")]
pub(crate) fn failed(error: MailboxError) -> Failure {
    match error {
        MailboxError::Retry { code, .. } | MailboxError::Unknown { code } => Failure::retry(code),
        MailboxError::Permanent { code } => Failure::permanent(code),
        MailboxError::Foreign => Failure::rejected("address_taken"),
    }
}
