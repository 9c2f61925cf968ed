//! What the offboarding saga does in each step; its steps are in [`vestibule_sagas::offboarding`].

use jiff::SignedDuration;
use vestibule_adapters::{
    mailbox::{HandOver, MailboxError, Mailboxes, ProviderId},
    password::temporary_password,
};
use vestibule_domain::{AddressFate, DeletedMailbox, Hire, JobStatus, MailboxProvider};
use vestibule_saga::{Definition, Done, Failure, Ledger, Saga, StepOutcome};
use vestibule_sagas::{
    OffboardingState, OffboardingStep as Step, Owned,
    offboarding::{DELETING, DUE},
};
use vestibule_store::JobWrites;

use crate::{
    Tools,
    leaver::{claim, ours},
    provider::{failed, status_undone, wait_for},
    subject::hire,
};

/// An address that a provider does not let go for this long is looked into by a person.
const UNTIL_LET_GO: SignedDuration = SignedDuration::from_hours(24);
/// Failures that only a person can resolve, though nothing was changed.
const FOR_A_PERSON: [&str; 8] = [
    "address_still_held",
    "address_taken_by_another",
    "hire_leaves_already",
    "mailbox_gone",
    "mailbox_not_ours",
    "mailbox_renamed",
    "successor_blocked",
    "successor_unknown",
];

/// The saga over the outside systems in `tools`.
#[derive(Debug)]
pub struct OffboardingSaga<'a> {
    tools: &'a Tools,
}

impl<'a> OffboardingSaga<'a> {
    /// The saga with these tools.
    pub fn new(tools: &'a Tools) -> Self {
        Self { tools }
    }

    async fn hand_over(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let Some(over) = Handing::read(ledger)? else { return Ok(Done::plain().into()) };
        let mailboxes = self.mailboxes(ledger).await?;
        let handed = mailboxes.hand_over(&over.named()).await;
        settled(ledger, "hand_over", handed, || Done::with(over.to.1.as_str()))
    }

    async fn take_back(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let Some(over) = Handing::read(ledger)? else { return Ok(Done::plain().into()) };
        let mailboxes = self.mailboxes(ledger).await?;
        let taken = mailboxes.take_back(&over.named()).await;
        settled(ledger, "take_back", taken, Done::plain)
    }

    async fn block(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let (mailboxes, leaver) = (self.mailboxes(ledger).await?, leaver(&ledger.state()?)?);
        let password = temporary_password(&|buffer| ledger.world().fill(buffer));
        mailboxes.block(&ProviderId::new(leaver.id), &password).await.map_err(failed)?;
        Ok(Done::with("blocked"))
    }

    async fn unblock(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let state: OffboardingState = ledger.state()?;
        if !state.blocked_before {
            let mailboxes = self.mailboxes(ledger).await?;
            mailboxes.unblock(&ProviderId::new(leaver(&state)?.id)).await.map_err(failed)?;
        }
        Ok(Done::plain())
    }

    async fn end_sessions(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let (mailboxes, leaver) = (self.mailboxes(ledger).await?, leaver(&ledger.state()?)?);
        let ended = mailboxes.end_sessions(&ProviderId::new(leaver.id)).await.map_err(failed)?;
        Ok(Done::with(if ended { "ended" } else { "not_possible" }))
    }

    /// Deletes the mailbox if it still is as the job left it: somebody may have given it to another person meanwhile.
    async fn delete(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let deleting = ledger.record().intent.is_some_and(|intent| intent == DELETING);
        if !deleting {
            ledger.intend(DUE).await?;
        }
        let (mailboxes, state) = (self.mailboxes(ledger).await?, ledger.state::<OffboardingState>()?);
        let (leaver, hire) = (leaver(&state)?, hire(ledger).await?);
        let id = ProviderId::new(leaver.id.clone());
        if !deleting {
            let departed = Handing::read(ledger)?.map(|over| over.departed);
            let moved = departed.filter(|_| mailboxes.provider() == MailboxProvider::Google);
            let address = moved.unwrap_or_else(|| leaver.address.to_string());
            let standing = ours(&mailboxes, (&id, &address), &hire).await?;
            if standing.is_some_and(|standing| standing.blocked == Some(false)) {
                return Err(Failure::permanent("mailbox_in_use_again"));
            }
            ledger.intend(DELETING).await?;
        }
        mailboxes.disable(&id).await.map_err(failed)?;
        mailboxes.delete(&id).await.map_err(failed)?;
        if mailboxes.describe(&id).await.map_err(failed)?.is_some() {
            return Err(Failure::retry("user_still_there"));
        }
        let hire = without_mailbox(hire, (&state, mailboxes.provider()), ledger)?;
        Ok(Done::with(leaver.id).writing(JobWrites::none().replace_hire(hire)))
    }

    async fn mailboxes(&self, ledger: &Ledger<'_>) -> Result<Mailboxes, Failure> {
        let provider = ledger.state::<OffboardingState>()?.provider;
        let provider = provider.ok_or_else(|| Failure::permanent("state_broken"))?;
        self.provider(ledger, provider).await
    }

    async fn provider(&self, ledger: &Ledger<'_>, provider: MailboxProvider) -> Result<Mailboxes, Failure> {
        let tenant = ledger.tenant().settings().await?;
        self.tools.providers.for_leaving(&tenant, provider, ledger.world().now()).await.map_err(failed)
    }

    async fn claim(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let hire = hire(ledger).await?;
        let provider = hire.mailbox_provider().ok_or_else(|| Failure::permanent("hire_without_mailbox"))?;
        let mailboxes = self.provider(ledger, provider).await?;
        claim(ledger, &mailboxes, hire).await
    }
}

impl Saga for OffboardingSaga<'_> {
    type Step = Step;

    fn definition(&self) -> &'static Definition {
        &Step::DEFINITION
    }

    async fn act(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => return self.claim(ledger).await,
            Step::HandOver => return self.hand_over(ledger).await,
            Step::BlockSignIn => self.block(ledger).await,
            Step::EndSessions => self.end_sessions(ledger).await,
            Step::Keep => return keep(ledger),
            Step::DeleteMailbox => self.delete(ledger).await,
            Step::ReleaseAddress => return release_address(ledger).await,
        };
        done.map(StepOutcome::Done)
    }

    async fn undo(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => claim_undo(ledger).await,
            Step::HandOver => return self.take_back(ledger).await,
            Step::BlockSignIn => self.unblock(ledger).await,
            // Who was signed out signs in again.
            Step::EndSessions | Step::Keep => Ok(Done::plain()),
            Step::DeleteMailbox => delete_undo(ledger),
            Step::ReleaseAddress => Err(Failure::permanent("step_without_undo")),
        };
        done.map(StepOutcome::Done)
    }
}

/// What changes hands, and between whom.
struct Handing {
    leaver: (ProviderId, String),
    to: (ProviderId, String),
    departed: String,
    mark: String,
    rights_before: Vec<String>,
}

impl Handing {
    /// `None` where nobody has the mail.
    fn read(ledger: &Ledger<'_>) -> Result<Option<Self>, Failure> {
        let state: OffboardingState = ledger.state()?;
        let Some((leaver, to)) = state.leaver.zip(state.to) else { return Ok(None) };
        let job = ledger.job().id.to_string();
        let (_, random) = job.split_at(job.len().saturating_sub(16));
        Ok(Some(Self {
            // Says nothing about the person, and nobody else can have it.
            departed: format!("left-{}@{}", random.to_ascii_lowercase(), leaver.address.domain().as_str()),
            leaver: (ProviderId::new(leaver.id), leaver.address.to_string()),
            to: (ProviderId::new(to.id), to.address.to_string()),
            mark: format!("vestibule {job}"),
            rights_before: state.rights_before,
        }))
    }

    fn named(&self) -> HandOver<'_> {
        HandOver {
            leaver: &self.leaver.0,
            address: &self.leaver.1,
            departed: &self.departed,
            to: &self.to.0,
            to_address: &self.to.1,
            mark: &self.mark,
            rights_before: &self.rights_before,
        }
    }
}

fn leaver(state: &OffboardingState) -> Result<Owned, Failure> {
    state.leaver.clone().ok_or_else(|| Failure::permanent("state_broken"))
}

/// The end of a change of hands; a wait while the provider has not let the address go.
fn settled(
    ledger: &mut Ledger<'_>,
    what: &str,
    changed: Result<(), MailboxError>,
    done: impl FnOnce() -> Done,
) -> Result<StepOutcome, Failure> {
    match changed {
        Ok(()) => Ok(done().into()),
        Err(MailboxError::NotYet { code }) => {
            let waiting = wait_for::<OffboardingState>(ledger, &format!("{what} {code}"), UNTIL_LET_GO)?;
            waiting.ok_or_else(|| Failure::permanent(code))
        }
        Err(MailboxError::Foreign) => Err(Failure::permanent("address_taken_by_another")),
        Err(error) => Err(failed(error)),
    }
}

fn keep(ledger: &Ledger<'_>) -> Result<StepOutcome, Failure> {
    let deletes_at = ledger.state::<OffboardingState>()?.deletes_at;
    let deletes_at = deletes_at.ok_or_else(|| Failure::permanent("state_broken"))?;
    let over = ledger.world().now() >= deletes_at;
    Ok(if over { Done::plain().into() } else { StepOutcome::WaitUntil(deletes_at) })
}

/// The hire without the mailbox that is deleted now. An address that the successor has stays taken for good.
fn without_mailbox(
    mut hire: Hire,
    (state, provider): (&OffboardingState, MailboxProvider),
    ledger: &Ledger<'_>,
) -> Result<Hire, Failure> {
    let now = ledger.world().now();
    let moved = state.to.is_some() && provider == MailboxProvider::Google;
    let rests = SignedDuration::from_hours(24 * provider.address_rests());
    let free = now.saturating_add(rests).map_err(|_| Failure::permanent("clock_broken"))?;
    let fate = if moved { AddressFate::HandedOver } else { AddressFate::Reserved(free) };
    let address = leaver(state)?.address;
    if let Some(leaving) = &mut hire.leaving {
        leaving.deleted = Some(DeletedMailbox { at: now, address, fate });
    }
    (hire.mailbox, hire.mailbox_at, hire.address) = (None, None, None);
    hire.updated = now;
    Ok(hire)
}

/// Nothing was deleted: signing in and mail can be given back. A deletion that came to a halt goes on, unless a person calls back.
fn delete_undo(ledger: &Ledger<'_>) -> Result<Done, Failure> {
    let record = ledger.record();
    let untouched = match record.intent.as_deref() {
        None => true,
        Some(intent) => intent == DUE && ledger.was_stopped(),
    };
    let untouched = untouched && record.effect.is_none();
    if untouched { Ok(Done::plain()) } else { Err(Failure::permanent("mailbox_may_be_deleted")) }
}

async fn release_address(ledger: &Ledger<'_>) -> Result<StepOutcome, Failure> {
    let (done, now) = (Done::closing(JobStatus::Succeeded), ledger.world().now());
    let mut hire = hire(ledger).await?;
    let known = hire.known_jobs();
    let Some(deleted) = hire.leaving.as_mut().and_then(|leaving| leaving.deleted.as_mut()) else {
        return Ok(done.into());
    };
    let AddressFate::Reserved(until) = deleted.fate else { return Ok(done.into()) };
    if now < until {
        return Ok(StepOutcome::WaitUntil(until));
    }
    deleted.fate = AddressFate::Free(now);
    let address = deleted.address.clone();
    let holder = ledger.tenant().find_address_holder(&address).await?.filter(|job| known.contains(job));
    hire.updated = now;
    let writes = JobWrites::none().replace_hire(hire);
    Ok(done.writing(holder.map_or(writes.clone(), |job| writes.release_of(address, job))).into())
}

/// Closes the job: the hire has the mailbox as before.
async fn claim_undo(ledger: &Ledger<'_>) -> Result<Done, Failure> {
    let (job, done) = (ledger.job(), Done::closing(status_undone(ledger, &FOR_A_PERSON)));
    let Some(id) = job.subject.hire() else { return Ok(done) };
    let Some(mut hire) = ledger.tenant().find::<Hire>(id).await? else { return Ok(done) };
    if hire.leaving.as_ref().is_none_or(|leaving| leaving.job != job.id) {
        return Ok(done);
    }
    (hire.leaving, hire.updated) = (None, ledger.world().now());
    Ok(done.writing(JobWrites::none().replace_hire(hire)))
}
