//! The look before a hire's leaving begins: whose mailboxes they are, and whether something else works on them.

use vestibule_adapters::mailbox::{Mailboxes, ProviderId, Standing};
use vestibule_domain::{Hire, JobId, Leaving, PasswordLinkState};
use vestibule_saga::{Done, Failure, Ledger, StepOutcome};
use vestibule_sagas::{OffboardingState, Owned};
use vestibule_store::JobWrites;

use crate::provider::failed;

/// Looks at both mailboxes, keeps what was seen, and says on the hire that it leaves. A link to choose a password stops working.
pub(crate) async fn claim(
    ledger: &mut Ledger<'_>,
    mailboxes: &Mailboxes,
    mut hire: Hire,
) -> Result<StepOutcome, Failure> {
    let (job, now) = (ledger.job().id, ledger.world().now());
    if hire.leaving.as_ref().is_some_and(|leaving| leaving.job != job) {
        return Err(Failure::permanent("hire_leaves_already"));
    }
    if let Some(open) = open_job(ledger, &hire).await? {
        return Ok(StepOutcome::WaitForJob(open));
    }
    if hire.password_link.as_ref().is_some_and(|link| link.state(now) == PasswordLinkState::Taken) {
        return Err(Failure::retry("password_being_set"));
    }
    let mut state: OffboardingState = ledger.state()?;
    let leaver = owned(&hire).ok_or_else(|| Failure::permanent("hire_without_mailbox"))?;
    let id = ProviderId::new(leaver.id.clone());
    let standing = ours(mailboxes, (&id, &leaver.address.to_string()), &hire).await?;
    let standing = standing.ok_or_else(|| Failure::permanent("mailbox_gone"))?;
    state.blocked_before = standing.blocked == Some(true);
    let to = successor(ledger, mailboxes, &state).await?;
    if let Some(to) = &to {
        state.rights_before = mailboxes.rights(&id, &ProviderId::new(to.id.clone())).await.map_err(failed)?;
    }
    let deletes_at = state.days.after(now);
    hire.leaving = Some(Leaving {
        job,
        hand_over_to: to.as_ref().map(|to| to.address.clone()),
        deletes_at,
        deleted: None,
    });
    (state.provider, state.deletes_at) = (Some(mailboxes.provider()), Some(deletes_at));
    (state.leaver, state.to) = (Some(leaver), to);
    ledger.set_state(&state)?;
    (hire.password_link, hire.updated) = (None, now);
    Ok(Done::plain().writing(JobWrites::none().replace_hire(hire)).into())
}

/// The user of `hire` if it stands and is ours: under the id that was recorded when it was made, at the address it should have, and with
/// a mark of ours where the provider keeps marks.
pub(crate) async fn ours(
    mailboxes: &Mailboxes,
    (id, address): (&ProviderId, &str),
    hire: &Hire,
) -> Result<Option<Standing>, Failure> {
    let Some(standing) = mailboxes.standing(id).await.map_err(failed)? else { return Ok(None) };
    let known: Vec<_> = hire.known_jobs().iter().map(ToString::to_string).collect();
    if standing.marks.as_ref().is_some_and(|marks| !marks.iter().any(|mark| known.contains(mark))) {
        return Err(Failure::permanent("mailbox_not_ours"));
    }
    if standing.address.as_ref().is_none_or(|held| !held.eq_ignore_ascii_case(address)) {
        return Err(Failure::permanent("mailbox_renamed"));
    }
    Ok(Some(standing))
}

/// The mailbox of the one who has the mail from then on. It must be at the same provider, ours, and in use.
async fn successor(
    ledger: &Ledger<'_>,
    mailboxes: &Mailboxes,
    state: &OffboardingState,
) -> Result<Option<Owned>, Failure> {
    let unknown = || Failure::permanent("successor_unknown");
    let Some(id) = state.successor else { return Ok(None) };
    let hire = ledger.tenant().find::<Hire>(id).await?.ok_or_else(unknown)?;
    let there = hire.leaving.is_none() && hire.mailbox_provider() == Some(mailboxes.provider());
    let to = owned(&hire).filter(|_| there).ok_or_else(unknown)?;
    let id = ProviderId::new(to.id.clone());
    match ours(mailboxes, (&id, &to.address.to_string()), &hire).await? {
        Some(standing) if standing.blocked == Some(true) => Err(Failure::permanent("successor_blocked")),
        Some(_) => Ok(Some(to)),
        None => Err(unknown()),
    }
}

fn owned(hire: &Hire) -> Option<Owned> {
    let (id, address) = hire.mailbox.clone().zip(hire.address.clone())?;
    Some(Owned { id, address })
}

/// A job that still works on the mailbox, such as one that sends a new password.
async fn open_job(ledger: &Ledger<'_>, hire: &Hire) -> Result<Option<JobId>, Failure> {
    let jobs = ledger.tenant().list_jobs_of_hire(hire.id, None).await?.items;
    let open = jobs.into_iter().find(|job| job.id != ledger.job().id && !job.status.is_final());
    Ok(open.map(|job| job.id))
}
