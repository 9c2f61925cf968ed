//! The leaving of a hire as staff see it, and the plan before it begins: what each provider does, and what it cannot.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_domain::{AddressFate, DeletedMailbox, Hire, Leaving, MailboxProvider};

/// A mailbox that was deleted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedMailboxView {
    /// When (RFC 3339).
    pub at: String,
    /// Its address.
    pub address: String,
    /// What became of the address: `reserved` (nobody gets it for now), `handed_over` (it belongs to the one who has the mail) or
    /// `free`.
    pub fate: &'static str,
    /// Until when it is reserved, or since when it is free (RFC 3339); `null` when it was handed over.
    pub fate_at: Option<String>,
}

/// A leaving that has begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeavingView {
    /// The address of the one who has the mail from then on; `null` when nobody has.
    pub hand_over_to: Option<String>,
    /// When the mailbox is deleted (RFC 3339).
    pub deletes_at: String,
    /// The mailbox, once it is deleted.
    pub deleted: Option<DeletedMailboxView>,
}

/// A step of the leaving, as this provider takes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedStep {
    /// The step's name, as the job shows it.
    pub step: &'static str,
    /// Whether this provider can do it.
    pub possible: bool,
    /// What it does there, or why it cannot, as a stable code.
    pub code: &'static str,
    /// The same as a sentence.
    pub detail: &'static str,
}

/// What happens when a hire leaves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OffboardingPlan {
    /// `no_mailbox` (there is nothing to do), `staying` (it can begin), `leaving` or `left`.
    pub state: &'static str,
    /// Where the mailbox is: `google`, `microsoft` or `workmail`; `null` when there is none.
    pub provider: Option<&'static str>,
    /// The steps, in order; empty when there is no mailbox.
    pub steps: Vec<PlannedStep>,
    /// What is not done at this provider; empty when there is no mailbox.
    pub limits: Vec<PlannedStep>,
    /// The leaving, once it has begun; `null` again when it was called back.
    pub leaving: Option<LeavingView>,
    /// The newest job that does or did it; `null` before the first.
    pub job: Option<String>,
}

impl From<&DeletedMailbox> for DeletedMailboxView {
    fn from(deleted: &DeletedMailbox) -> Self {
        let (fate, at) = match deleted.fate {
            AddressFate::Reserved(until) => ("reserved", Some(until)),
            AddressFate::HandedOver => ("handed_over", None),
            AddressFate::Free(since) => ("free", Some(since)),
        };
        Self {
            at: deleted.at.to_string(),
            address: deleted.address.to_string(),
            fate,
            fate_at: at.map(|at| at.to_string()),
        }
    }
}

impl From<&Leaving> for LeavingView {
    fn from(leaving: &Leaving) -> Self {
        Self {
            hand_over_to: leaving.hand_over_to.as_ref().map(ToString::to_string),
            deletes_at: leaving.deletes_at.to_string(),
            deleted: leaving.deleted.as_ref().map(DeletedMailboxView::from),
        }
    }
}

impl From<&Hire> for OffboardingPlan {
    fn from(hire: &Hire) -> Self {
        let provider = hire.mailbox_provider();
        let state = match (&hire.leaving, provider) {
            (Some(leaving), _) if leaving.deleted.is_some() => "left",
            (Some(_), _) => "leaving",
            (None, Some(_)) => "staying",
            (None, None) => "no_mailbox",
        };
        Self {
            state,
            provider: provider.map(MailboxProvider::name),
            steps: provider.map(steps).unwrap_or_default(),
            limits: provider.map(limits).unwrap_or_default(),
            leaving: hire.leaving.as_ref().map(LeavingView::from),
            job: hire.offboarding_job.map(|job| job.to_string()),
        }
    }
}

/// The steps at a provider.
pub(crate) fn steps(provider: MailboxProvider) -> Vec<PlannedStep> {
    use MailboxProvider::{Google, Microsoft, WorkMail};
    let can = |step, (code, detail)| PlannedStep { step, possible: true, code, detail };
    let block = match provider {
        Google => ("suspended", "The account is suspended."),
        Microsoft => ("disabled", "Signing in is switched off."),
        WorkMail => ("password_replaced", "The password is replaced by one that nobody knows."),
    };
    let sessions = match provider {
        Google => can("end_sessions", ("signed_out", "All sessions on the web and on devices are ended.")),
        Microsoft => can(
            "end_sessions",
            (
                "sessions_revoked",
                "All sessions are ended; it may take some minutes until each device notices.",
            ),
        ),
        WorkMail => PlannedStep {
            step: "end_sessions",
            possible: false,
            code: "sessions_go_on",
            detail: "Amazon WorkMail has no way to end sessions: a program that is signed in stays so until it asks for the password again.",
        },
    };
    vec![
        can("hand_over", hand_over(provider)),
        can("block_sign_in", block),
        sessions,
        can(
            "keep",
            (
                "kept",
                "The mailbox is kept for the days that you choose. Until then the hire can be called back.",
            ),
        ),
        can("delete_mailbox", ("deleted", "The account and its mailbox are deleted.")),
        can("release_address", release(provider)),
    ]
}

/// What becomes of mail from now on.
fn hand_over(provider: MailboxProvider) -> (&'static str, &'static str) {
    match provider {
        MailboxProvider::Google => (
            "address_moves",
            "The address becomes a further address of the one you name, who gets new mail; the leaver keeps the old mail under another address. For some minutes, at most a day, mail to the address may be refused.",
        ),
        MailboxProvider::Microsoft => (
            "inbox_rule",
            "A rule in the leaver's inbox sends new mail on to the one you name, until the mailbox is deleted.",
        ),
        MailboxProvider::WorkMail => (
            "mailbox_permissions",
            "The one you name may open the leaver's whole mailbox, which goes on receiving mail until it is deleted.",
        ),
    }
}

/// How long nobody gets the address.
fn release(provider: MailboxProvider) -> (&'static str, &'static str) {
    match provider {
        MailboxProvider::Google => (
            "address_rests_20_days",
            "Nobody gets the address for 20 days, for so long Google can bring the account back; if it was handed over, it stays with the one who has it.",
        ),
        MailboxProvider::Microsoft => (
            "address_rests_30_days",
            "Nobody gets the address for 30 days, for so long Microsoft can bring the account back.",
        ),
        MailboxProvider::WorkMail => (
            "address_rests_30_days",
            "Nobody gets the address for 30 days: mail for the leaver may still come.",
        ),
    }
}

/// What is not done at a provider, though one could expect it.
pub(crate) fn limits(provider: MailboxProvider) -> Vec<PlannedStep> {
    let not = |step, code, detail| PlannedStep { step, possible: false, code, detail };
    match provider {
        MailboxProvider::Google => vec![
            not(
                "hand_over",
                "old_mail_not_handed_over",
                "Mail that is there already is not handed over, nor are files and calendars.",
            ),
            not(
                "hand_over",
                "no_mail_without_successor",
                "If nobody is named, mail to the address is refused: a suspended account gets none.",
            ),
        ],
        MailboxProvider::Microsoft => vec![
            not(
                "hand_over",
                "old_mail_not_handed_over",
                "Mail that is there already is not handed over, nor are files and calendars.",
            ),
            not(
                "delete_mailbox",
                "mail_refused_after_deletion",
                "When the mailbox is deleted, its rule goes too, and mail to the address is refused.",
            ),
        ],
        MailboxProvider::WorkMail => vec![
            not(
                "hand_over",
                "mail_not_sent_on",
                "Mail is not sent on: the one you name opens the leaver's mailbox beside their own.",
            ),
            not(
                "block_sign_in",
                "password_not_restored",
                "Whoever is called back gets no old password back: send a new one then.",
            ),
            not(
                "delete_mailbox",
                "mail_refused_after_deletion",
                "When the mailbox is deleted, mail to the address is refused.",
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use vestibule_domain::MailboxProvider;

    use super::*;

    #[test]
    fn the_plan_has_the_steps_of_the_job_in_their_order() {
        for provider in MailboxProvider::ALL {
            let planned: Vec<_> = steps(provider).iter().map(|step| step.step).collect();
            let done = vestibule_sagas::OffboardingStep::DEFINITION.steps.iter().map(|step| step.name);
            // The look at the beginning changes nothing.
            assert_eq!(planned, done.skip(1).collect::<Vec<_>>(), "{}", provider.name());
        }
    }

    #[test]
    fn the_days_that_an_address_rests_are_those_of_the_provider() {
        for provider in MailboxProvider::ALL {
            let code = steps(provider).last().unwrap().code;
            assert_eq!(code, format!("address_rests_{}_days", provider.address_rests()));
        }
    }
}
