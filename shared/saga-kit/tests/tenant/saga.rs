//! The saga: a tenant gets a reception account and is told of it.

use std::sync::Arc;

use aws_types::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_adapters::{
    mail::{Mail, MailError, Mailer},
    mailbox::{MailboxError, Mailboxes, NewUser, ProviderId, WorkMail},
    password::temporary_password,
};
use vestibule_domain::{Job, JobId, JobStatus, MailboxSettings, StepRecord, StepStatus};
use vestibule_saga::{Definition, Done, Failure, Ledger, Saga, Step as Kind, StepOutcome, saga};
use vestibule_store::JobWrites;

saga! {
    /// The steps.
    pub(crate) enum Step in "reception" {
        /// Notes what has to be waited for.
        Claim = "claim": Kind::inside();
        /// The next name that was not rejected.
        ChooseName = "choose_name": Kind::inside();
        /// Makes the account.
        CreateAccount = "create_account": Kind::outside().when_rejected(None, Self::ChooseName.as_str());
        /// Opens it.
        OpenAccount = "open_account":
            Kind::outside().when_rejected(Some(Self::CreateAccount.as_str()), Self::ChooseName.as_str());
        /// Writes results, a batch a call.
        Import = "import": Kind::inside().repeating();
        /// Waits until a time.
        CoolOff = "cool_off": Kind::inside().repeating();
        /// Waits for another job.
        AwaitOther = "await_other": Kind::inside().repeating();
        /// Mails what was made.
        Notify = "notify": Kind::outside().point_of_no_return().attempts(2);
        /// Closes the job.
        Finish = "finish": Kind::inside().last();
    }
}

/// Results of a batch.
const BATCH: u32 = 45;
/// How long the job cools off.
const COOL_OFF: SignedDuration = SignedDuration::from_hours(30);
const MAILING: &str = "mailing";

/// What the saga keeps between its steps.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Reception {
    /// Names that were somebody else's.
    pub(crate) rejected: u32,
    /// The end of the wait.
    pub(crate) until: Option<Timestamp>,
    /// The job that has to end first.
    pub(crate) other: Option<JobId>,
    /// Results to write.
    pub(crate) results: u32,
}

/// The saga over these outside systems.
#[derive(Clone)]
pub(crate) struct ReceptionSaga {
    pub(crate) work_mail: SdkConfig,
    pub(crate) mailer: Arc<Mailer>,
}

impl ReceptionSaga {
    async fn mailboxes(&self, ledger: &Ledger<'_>) -> Result<Mailboxes, Failure> {
        let settings = ledger.tenant().settings().await?.mailboxes;
        let Some(MailboxSettings::WorkMail { organization }) = settings else {
            return Err(Failure::permanent("provider_missing"));
        };
        Ok(Mailboxes::WorkMail(WorkMail::new(&self.work_mail, organization)))
    }

    async fn create(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        if let Some(former) = ledger.record().effect {
            self.remove(ledger, &ProviderId::new(former)).await?;
        }
        let (name, address) = named(ledger).await?;
        let marker = marker(ledger);
        let password = temporary_password(&|buffer| ledger.world().fill(buffer));
        let user = NewUser {
            local_part: &name,
            address: &address,
            given_name: "Reception",
            family_name: "Desk",
            marker: &marker,
            password: &password,
        };
        Ok(Done::with(self.mailboxes(ledger).await?.create_user(&user).await.map_err(failed)?.as_str()))
    }

    async fn create_undo(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let Some(id) = self.account(ledger).await? else { return Ok(Done::plain()) };
        self.remove(ledger, &id).await?;
        Ok(Done::plain())
    }

    async fn open(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let id = ProviderId::new(record(ledger, Step::CreateAccount).effect.unwrap_or_default());
        let (_, address) = named(ledger).await?;
        self.mailboxes(ledger).await?.enable(&id, &address, "Reception").await.map_err(failed)?;
        Ok(Done::with(id.as_str()))
    }

    async fn open_undo(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        if let Some(id) = self.account(ledger).await? {
            self.mailboxes(ledger).await?.disable(&id).await.map_err(failed)?;
        }
        Ok(Done::plain())
    }

    async fn notify(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (before, job) = (ledger.record().intent, ledger.job().id.to_string());
        let support = ledger.tenant().settings().await?.support;
        let text = || SecretString::from("The reception is open.");
        let mail = Mail::new(support.as_str(), "Reception", text(), text()).unwrap();
        ledger.intend(MAILING).await?;
        match self.mailer.send(&mail.with_tag("job", &job).unwrap()).await {
            Ok(message) => Ok(Done::with(message.as_str())),
            Err(error) => {
                if !matches!(error, MailError::Unknown { .. }) {
                    ledger.restore_intent(before);
                }
                Err(error.into())
            }
        }
    }

    /// The account that this job made, by its id or, when the answer was lost, by its mark.
    async fn account(&self, ledger: &Ledger<'_>) -> Result<Option<ProviderId>, Failure> {
        if let Some(id) = record(ledger, Step::CreateAccount).effect {
            return Ok(Some(ProviderId::new(id)));
        }
        let Ok((name, _)) = named(ledger).await else { return Ok(None) };
        self.mailboxes(ledger).await?.find_ours(&name, &marker(ledger)).await.map_err(failed)
    }

    async fn remove(&self, ledger: &Ledger<'_>, id: &ProviderId) -> Result<(), Failure> {
        let mailboxes = self.mailboxes(ledger).await?;
        mailboxes.disable(id).await.map_err(failed)?;
        mailboxes.delete(id).await.map_err(failed)?;
        let there = mailboxes.describe(id).await.map_err(failed)?.is_some();
        if there { Err(Failure::retry("account_still_there")) } else { Ok(()) }
    }
}

impl Saga for ReceptionSaga {
    type Step = Step;

    fn definition(&self) -> &'static Definition {
        &Step::DEFINITION
    }

    async fn act(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => Done::plain(),
            Step::ChooseName => {
                let state: Reception = ledger.state()?;
                Done::with(format!("reception{}", state.rejected + 1))
            }
            Step::CreateAccount => self.create(ledger).await?,
            Step::OpenAccount => self.open(ledger).await?,
            Step::Import => return import(ledger),
            Step::CoolOff => return cool_off(ledger),
            Step::AwaitOther => return await_other(ledger).await,
            Step::Notify => self.notify(ledger).await?,
            Step::Finish => Done::closing(JobStatus::Succeeded),
        };
        Ok(done.into())
    }

    async fn undo(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => Done::closing(JobStatus::Failed),
            Step::CreateAccount => self.create_undo(ledger).await?,
            Step::OpenAccount => self.open_undo(ledger).await?,
            Step::Import => return Ok(forget(ledger)),
            Step::Notify => {
                let record = ledger.record();
                if record.effect.is_some() || record.intent.as_deref() == Some(MAILING) {
                    return Err(Failure::permanent("mail_may_be_out"));
                }
                Done::plain()
            }
            Step::ChooseName | Step::CoolOff | Step::AwaitOther | Step::Finish => Done::plain(),
        };
        Ok(done.into())
    }

    fn rejected(&self, _: Step, ledger: &mut Ledger<'_>) -> Done {
        let mut state: Reception = ledger.state().unwrap_or_default();
        state.rejected += 1;
        ledger.set_state(&state).unwrap();
        *ledger.other_step(Step::ChooseName.as_str()) = StepRecord::default();
        let account = ledger.other_step(Step::CreateAccount.as_str());
        if account.status == StepStatus::Done {
            account.status = StepStatus::Failed;
        }
        Done::plain()
    }
}

/// One batch of results.
fn import(ledger: &Ledger<'_>) -> Result<StepOutcome, Failure> {
    let all = ledger.state::<Reception>()?.results;
    let first: u32 = ledger.cursor().map_or(0, |cursor| cursor.parse().unwrap());
    let end = (first + BATCH).min(all);
    let writes = (first..end).fold(JobWrites::none(), |writes, row| writes.result(json!({ "row": row })));
    if end == all {
        return Ok(Done::plain().writing(writes).into());
    }
    Ok(StepOutcome::More { cursor: end.to_string(), writes })
}

/// Goes back in batches too; the results stay, as what the job did.
fn forget(ledger: &Ledger<'_>) -> StepOutcome {
    let at: u32 = ledger.cursor().map_or(0, |cursor| cursor.parse().unwrap());
    match at.checked_sub(2 * BATCH) {
        None => Done::plain().into(),
        Some(left) => StepOutcome::More { cursor: left.to_string(), writes: JobWrites::none() },
    }
}

fn cool_off(ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
    let (mut state, now): (Reception, _) = (ledger.state()?, ledger.world().now());
    let until = *state.until.get_or_insert(now.saturating_add(COOL_OFF).unwrap());
    ledger.set_state(&state)?;
    Ok(if now < until { StepOutcome::WaitUntil(until) } else { Done::plain().into() })
}

async fn await_other(ledger: &Ledger<'_>) -> Result<StepOutcome, Failure> {
    let state: Reception = ledger.state()?;
    let other = state.other.ok_or_else(|| Failure::permanent("other_missing"))?;
    let ended = ledger.tenant().find::<Job>(other).await?.is_none_or(|job| job.status.is_final());
    Ok(if ended { Done::plain().into() } else { StepOutcome::WaitForJob(other) })
}

fn record(ledger: &Ledger<'_>, step: Step) -> StepRecord {
    ledger.job().step(step.as_str())
}

/// The name that was chosen, and its address in the tenant's domain.
async fn named(ledger: &Ledger<'_>) -> Result<(String, String), Failure> {
    let name = record(ledger, Step::ChooseName).effect.ok_or_else(|| Failure::permanent("name_missing"))?;
    let domain = ledger.tenant().settings().await?.domain;
    let domain = domain.ok_or_else(|| Failure::permanent("domain_missing"))?;
    let address = format!("{name}@{}", domain.as_str());
    Ok((name, address))
}

fn marker(ledger: &Ledger<'_>) -> String {
    ledger.job().id.to_string()
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives the error away")]
fn failed(error: MailboxError) -> Failure {
    match error {
        MailboxError::Retry { code, .. } | MailboxError::Unknown { code } | MailboxError::NotYet { code } => {
            Failure::retry(code)
        }
        MailboxError::Permanent { code } => Failure::permanent(code),
        MailboxError::Foreign => Failure::rejected("name_taken"),
    }
}
