//! What the mailbox saga does in each step; its steps are in [`vestibule_sagas::mailbox`].

use jiff::SignedDuration;
use vestibule_adapters::{
    mailbox::{MailboxError, Mailboxes, NewUser, Occupancy, ProviderId},
    password::temporary_password,
};
use vestibule_api::mailboxes::NO_PROVIDER;
use vestibule_domain::{
    Address, FoldError, Hire, JobStatus, LocalPart, MailboxProvider, MailboxSettings, StepRecord, StepStatus,
    Tenant,
};
use vestibule_saga::{Definition, Done, Failure, Ledger, Saga, StepOutcome};
use vestibule_sagas::{MailboxState, MailboxStep as Step};
use vestibule_store::JobWrites;

use crate::{
    Tools,
    link::SITE_UNSET,
    mailing::{ADDRESS_SUPPRESSED, Letter, MAILING, issue_password, note_mail},
    provider::{failed, status_undone, wait_for},
    subject::hire,
};

/// Candidates looked up in the table at once.
const BATCH: u32 = 10;
/// Spellings tried before a person is asked.
const MOST_SPELLINGS: u32 = 200;
/// Settings that are missing are waited for as long as the job is not cancelled.
const UNTIL_SET: SignedDuration = SignedDuration::MAX;
/// A holder of an address who is not seen for this long is not our own user that has not appeared yet.
const UNTIL_SEEN: SignedDuration = SignedDuration::from_mins(10);
/// A mailbox that is not there after this time is looked into by a person.
const UNTIL_READY: SignedDuration = SignedDuration::from_hours(6);
/// Failures that only a person can resolve, though nothing is left behind.
const FOR_A_PERSON: [&str; 5] =
    ["name_without_letters", "address_reserved", "addresses_used_up", ADDRESS_SUPPRESSED, SITE_UNSET];

/// The saga over the outside systems in `tools`.
#[derive(Debug)]
pub struct MailboxSaga<'a> {
    tools: &'a Tools,
}

impl<'a> MailboxSaga<'a> {
    /// The saga with these tools.
    pub fn new(tools: &'a Tools) -> Self {
        Self { tools }
    }

    async fn claim(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let hire = hire(ledger).await?;
        if hire.mailbox.is_some() { Err(Failure::permanent("hire_has_mailbox")) } else { Ok(Done::plain()) }
    }

    /// Waits where the tenant has not said where and under which domain its mailboxes are made.
    async fn reserve_address(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let tenant = ledger.tenant().settings().await?;
        let Some(domain) = &tenant.domain else { return wait(ledger, "mail_domain_missing") };
        let mut state: MailboxState = ledger.state()?;
        let usual = tenant.mailboxes.as_ref().map(MailboxSettings::provider);
        let Some(provider) = state.provider.or(usual) else { return wait(ledger, NO_PROVIDER) };
        let mailboxes =
            self.tools.providers.of(&tenant, provider, ledger.world().now()).await.map_err(failed)?;
        state.provider = Some(provider);
        ledger.set_state(&state)?;
        let local = match &state.local_part {
            Some(chosen) => chosen.clone(),
            None => fold(&hire(ledger).await?)?,
        };
        for first in (ledger.lost() + 1..=MOST_SPELLINGS).step_by(BATCH as usize) {
            let spelled: Vec<Address> =
                (first..first + BATCH).map(|n| local.numbered(n).at(domain)).collect();
            let held = ledger.tenant().taken_addresses(&spelled).await?;
            for (number, address) in (first..).zip(spelled) {
                let text = address.to_string();
                if held.contains(&address) || state.foreign.contains(&text) {
                    continue;
                }
                if mailboxes.lookup(&text).await.map_err(failed)? == Occupancy::Free {
                    ledger.choose(number);
                    return Ok(Done::with(text).writing(JobWrites::none().reserve(address)).into());
                }
                state.foreign.push(text);
                ledger.set_state(&state)?;
            }
        }
        Err(Failure::permanent("addresses_used_up"))
    }

    async fn create_user(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let (_, mailboxes) = self.provider(ledger).await?;
        let (hire, address, marker) = (hire(ledger).await?, reserved(ledger)?, marker(ledger));
        if let Some(former) = ledger.record().effect {
            // Made for an address that was given up, by a worker that died before it was discarded.
            if let Some(wait) = remove(ledger, &mailboxes, &ProviderId::new(former)).await? {
                return Ok(wait);
            }
        }
        let text = address.to_string();
        let password = temporary_password(&|buffer| ledger.world().fill(buffer));
        let user = NewUser {
            local_part: address.local().as_str(),
            address: &text,
            given_name: hire.name.given.as_str(),
            family_name: hire.name.family.as_str(),
            marker: &marker,
            password: &password,
        };
        match mailboxes.create_user(&user).await {
            Ok(id) => Ok(Done::with(id.as_str()).into()),
            Err(MailboxError::NotYet { code }) => {
                let waiting = wait_for::<MailboxState>(ledger, &format!("{code} {text}"), UNTIL_SEEN)?;
                waiting.ok_or_else(|| Failure::rejected("address_taken"))
            }
            Err(error) => Err(failed(error)),
        }
    }

    async fn create_user_undo(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let (_, mailboxes) = self.provider(ledger).await?;
        let waiting = match (self.user(ledger, &mailboxes).await?, reserved(ledger)) {
            (Some(id), _) => remove(ledger, &mailboxes, &id).await?,
            (None, Ok(address)) => {
                wait_for::<MailboxState>(ledger, &format!("user_may_appear {address}"), mailboxes.lag())?
            }
            (None, Err(_)) => None,
        };
        Ok(waiting.unwrap_or_else(|| Done::plain().into()))
    }

    async fn enable_mailbox(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let (_, mailboxes) = self.provider(ledger).await?;
        let (hire, address, id) = (hire(ledger).await?, reserved(ledger)?, created(ledger)?);
        match mailboxes.enable(&id, &address.to_string(), &hire.name.display()).await {
            Ok(()) => Ok(Done::with(id.as_str()).into()),
            Err(MailboxError::NotYet { code }) => {
                // A user that is not seen is not complete, and one that is not complete has no mailbox: one wait for all.
                let waiting =
                    wait_for::<MailboxState>(ledger, &format!("mailbox_not_ready {address}"), UNTIL_READY)?;
                waiting.ok_or_else(|| Failure::permanent(code))
            }
            Err(error) => Err(failed(error)),
        }
    }

    async fn enable_mailbox_undo(&self, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let (_, mailboxes) = self.provider(ledger).await?;
        let Some(id) = self.user(ledger, &mailboxes).await? else { return Ok(Done::plain().into()) };
        let waiting = settled(ledger, &id, mailboxes.disable(&id).await)?;
        Ok(waiting.unwrap_or_else(|| Done::plain().into()))
    }

    async fn issue_password(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (tenant, mailboxes) = self.provider(ledger).await?;
        let (hire, address, id) = (hire(ledger).await?, reserved(ledger)?.to_string(), created(ledger)?);
        let mailbox = (&mailboxes, &id, address.as_str());
        Ok(Done::with(issue_password(self.tools, ledger, (&tenant, &hire), mailbox, Letter::Welcome).await?))
    }

    async fn finish(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let mut hire = hire(ledger).await?;
        hire.address = Some(reserved(ledger)?);
        hire.mailbox = Some(created(ledger)?.as_str().to_owned());
        hire.mailbox_at = Some(provider_of(ledger)?);
        hire.updated = ledger.world().now();
        note_mail(ledger, &mut hire, ledger.state::<MailboxState>()?.link);
        Ok(Done::closing(JobStatus::Succeeded).writing(JobWrites::none().replace_hire(hire)))
    }

    async fn provider(&self, ledger: &Ledger<'_>) -> Result<(Tenant, Mailboxes), Failure> {
        let tenant = ledger.tenant().settings().await?;
        let mailboxes = {
            let (provider, now) = (provider_of(ledger)?, ledger.world().now());
            self.tools.providers.of(&tenant, provider, now).await.map_err(failed)?
        };
        Ok((tenant, mailboxes))
    }

    /// The user this job made, by its recorded id or, when the answer was lost, by our mark.
    async fn user(&self, ledger: &Ledger<'_>, mailboxes: &Mailboxes) -> Result<Option<ProviderId>, Failure> {
        let record = record(ledger, Step::CreateUser);
        if let Some(id) = record.effect {
            return Ok(Some(ProviderId::new(id)));
        }
        let Ok(address) = reserved(ledger) else {
            return Ok(None);
        };
        mailboxes.find_ours(&address.to_string(), &marker(ledger)).await.map_err(failed)
    }
}

impl Saga for MailboxSaga<'_> {
    type Step = Step;

    fn definition(&self) -> &'static Definition {
        &Step::DEFINITION
    }

    async fn act(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => self.claim(ledger).await,
            Step::ReserveAddress => return self.reserve_address(ledger).await,
            Step::CreateUser => return self.create_user(ledger).await,
            Step::EnableMailbox => return self.enable_mailbox(ledger).await,
            Step::IssuePassword => self.issue_password(ledger).await,
            Step::Finish => self.finish(ledger).await,
        };
        done.map(StepOutcome::Done)
    }

    async fn undo(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => Ok(claim_undo(ledger)),
            Step::ReserveAddress => reserve_address_undo(ledger),
            Step::CreateUser => return self.create_user_undo(ledger).await,
            Step::EnableMailbox => return self.enable_mailbox_undo(ledger).await,
            Step::IssuePassword => issue_password_undo(ledger),
            Step::Finish => Err(Failure::permanent("step_without_undo")),
        };
        done.map(StepOutcome::Done)
    }

    fn rejected(&self, _: Step, ledger: &mut Ledger<'_>) -> Done {
        let address = reserved(ledger).ok();
        if let Some(address) = &address {
            // A state that does not decode is refused by the next step that reads it.
            let mut state = ledger.state::<MailboxState>().unwrap_or_default();
            state.foreign.push(address.to_string());
            let _ = ledger.set_state(&state);
        }
        let attempts = record(ledger, Step::ReserveAddress).attempts;
        let reserving = ledger.other_step(Step::ReserveAddress.as_str());
        *reserving = StepRecord { attempts, ..StepRecord::default() };
        let user = ledger.other_step(Step::CreateUser.as_str());
        if user.status == StepStatus::Done {
            // Its user has the name that is given up: the step must be done again for the next one.
            user.status = StepStatus::Failed;
        }
        let writes = JobWrites::none();
        Done::plain().writing(address.map_or(writes.clone(), |address| writes.release(address)))
    }
}

fn record(ledger: &Ledger<'_>, step: Step) -> StepRecord {
    ledger.job().step(step.as_str())
}

/// Looks again later, and says for what the hire waits.
fn wait(ledger: &mut Ledger<'_>, code: &str) -> Result<StepOutcome, Failure> {
    ledger.note(code);
    wait_for::<MailboxState>(ledger, code, UNTIL_SET)?.ok_or_else(|| Failure::retry(code))
}

/// Deletes a user of ours and makes sure that it is gone; a wait when it is not seen, but may still appear.
async fn remove(
    ledger: &mut Ledger<'_>,
    mailboxes: &Mailboxes,
    id: &ProviderId,
) -> Result<Option<StepOutcome>, Failure> {
    if mailboxes.describe(id).await.map_err(failed)?.is_none() {
        return wait_for::<MailboxState>(ledger, &format!("user_may_appear {id}"), mailboxes.lag());
    }
    let waiting = settled(ledger, id, mailboxes.disable(id).await)?;
    if waiting.is_some() {
        return Ok(waiting);
    }
    let waiting = settled(ledger, id, mailboxes.delete(id).await)?;
    if waiting.is_some() {
        return Ok(waiting);
    }
    if mailboxes.describe(id).await.map_err(failed)?.is_some() {
        Err(Failure::retry("user_still_there"))
    } else {
        Ok(None)
    }
}

/// A change of a user of ours; a wait while the provider is not done with making it.
fn settled(
    ledger: &mut Ledger<'_>,
    id: &ProviderId,
    changed: Result<(), MailboxError>,
) -> Result<Option<StepOutcome>, Failure> {
    match changed {
        Ok(()) => Ok(None),
        Err(MailboxError::NotYet { code }) => {
            let waiting = wait_for::<MailboxState>(ledger, &format!("{code} {id}"), UNTIL_READY)?;
            waiting.map(Some).ok_or_else(|| Failure::permanent(code))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Closes the job: nothing of it is left.
pub(crate) fn claim_undo(ledger: &Ledger<'_>) -> Done {
    Done::closing(status_undone(ledger, &FOR_A_PERSON))
}

fn reserve_address_undo(ledger: &Ledger<'_>) -> Result<Done, Failure> {
    let gone = matches!(record(ledger, Step::CreateUser).status, StepStatus::Pending | StepStatus::Undone);
    if gone {
        let writes = JobWrites::none();
        Ok(Done::plain().writing(reserved(ledger).map_or(writes.clone(), |address| writes.release(address))))
    } else {
        Err(Failure::permanent("mailbox_not_gone"))
    }
}

fn issue_password_undo(ledger: &Ledger<'_>) -> Result<Done, Failure> {
    let record = ledger.record();
    let out = record.effect.is_some() || record.intent.as_deref() == Some(MAILING);
    if out { Err(Failure::permanent("mail_may_be_out")) } else { Ok(Done::plain()) }
}

fn fold(hire: &Hire) -> Result<LocalPart, Failure> {
    LocalPart::fold(&hire.name.given, &hire.name.family).map_err(|error| match error {
        FoldError::Empty => Failure::permanent("name_without_letters"),
        FoldError::Reserved => Failure::permanent("address_reserved"),
    })
}

fn reserved(ledger: &Ledger<'_>) -> Result<Address, Failure> {
    let address = record(ledger, Step::ReserveAddress).effect;
    address.and_then(|text| Address::try_from(text).ok()).ok_or_else(|| Failure::permanent("address_missing"))
}

fn created(ledger: &Ledger<'_>) -> Result<ProviderId, Failure> {
    let id = record(ledger, Step::CreateUser).effect;
    id.map(ProviderId::new).ok_or_else(|| Failure::permanent("user_missing"))
}

/// Shows that this job made the user.
fn marker(ledger: &Ledger<'_>) -> String {
    ledger.job().id.to_string()
}

/// Where the job makes its mailbox.
fn provider_of(ledger: &Ledger<'_>) -> Result<MailboxProvider, Failure> {
    Ok(ledger.state::<MailboxState>()?.provider.unwrap_or(MailboxProvider::WorkMail))
}
