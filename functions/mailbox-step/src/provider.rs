//! What the failures of a mailbox provider mean for a step.

use jiff::{SignedDuration, Timestamp};
use vestibule_adapters::mailbox::MailboxError;
use vestibule_api::mailboxes::NO_PROVIDER;
use vestibule_domain::JobStatus;
use vestibule_saga::{Failure, Ledger, StepOutcome};
use vestibule_sagas::Waits;

/// Failures that only a person can resolve at the provider or in the connection, though nothing is left behind.
pub const FOR_THE_PROVIDERS_ADMIN: [&str; 15] = [
    "api_access_disabled",
    "api_not_enabled",
    "application_unknown",
    "client_secret_expired",
    "client_secret_refused",
    "credentials_refused",
    "delegation_missing",
    "directory_unknown",
    "key_or_administrator_refused",
    "key_unreadable",
    "licence_unknown",
    "licences_used_up",
    "mailbox_credentials_missing",
    "rights_missing",
    "scope_missing",
];
/// The first and the longest time between two looks at what a provider has not done yet.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_LOOK: SignedDuration = SignedDuration::from_mins(15);

/// The provider was there when the job began, and is not set any more.
pub(crate) fn no_provider() -> Failure {
    Failure::permanent(NO_PROVIDER)
}

/// A failed call, in terms of what to do next. What belongs to somebody else is a rejected candidate.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives the error away")]
pub(crate) fn failed(error: MailboxError) -> Failure {
    match error {
        MailboxError::Retry { code, .. } | MailboxError::Unknown { code } | MailboxError::NotYet { code } => {
            Failure::retry(code)
        }
        MailboxError::Permanent { code } => Failure::permanent(code),
        MailboxError::Foreign => Failure::rejected("address_taken"),
    }
}

/// How a job ends of which nothing is left: for a person to look at where only a person can help.
pub(crate) fn status_undone(ledger: &Ledger<'_>, for_a_person: &[&str]) -> JobStatus {
    let code = ledger.job().last_error.as_ref().map_or("", |error| error.code.as_str());
    match code {
        _ if ledger.was_stopped() => JobStatus::Cancelled,
        code if for_a_person.contains(&code) || FOR_THE_PROVIDERS_ADMIN.contains(&code) => {
            JobStatus::NeedsAttention
        }
        _ => JobStatus::Failed,
    }
}

/// When to look again for what has been waited for since `since`: later the longer it takes. `None` when it takes
/// longer than `patience`.
pub(crate) fn next_look(since: Timestamp, now: Timestamp, patience: SignedDuration) -> Option<Timestamp> {
    let waited = now.duration_since(since);
    let pause = (waited / 4).clamp(FIRST_LOOK, LONGEST_LOOK);
    (waited < patience).then(|| now.saturating_add(pause).unwrap_or(Timestamp::MAX))
}

/// Waits for `what`; `None` when that has taken longer than `patience`.
pub(crate) fn wait_for<S: Waits>(
    ledger: &mut Ledger<'_>,
    what: &str,
    patience: SignedDuration,
) -> Result<Option<StepOutcome>, Failure> {
    let (mut state, now) = (ledger.state::<S>()?, ledger.world().now());
    let Some(at) = next_look(state.waiting_since(what, now), now, patience) else { return Ok(None) };
    ledger.set_state(&state)?;
    Ok(Some(StepOutcome::WaitUntil(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rarer_and_end() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let patience = SignedDuration::from_hours(1);
        assert_eq!(next_look(at(0), at(0), patience), Some(at(15)));
        assert_eq!(next_look(at(0), at(400), patience), Some(at(500)));
        assert_eq!(next_look(at(0), at(3_596), patience), Some(at(3_596 + 899)));
        assert_eq!(next_look(at(0), at(3_600), patience), None);
    }
}
