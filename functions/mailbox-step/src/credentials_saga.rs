//! What the credentials saga does in each step; its steps are in [`vestibule_sagas::credentials`].

use vestibule_adapters::mailbox::ProviderId;
use vestibule_domain::{Address, Hire, JobStatus};
use vestibule_saga::{Definition, Done, Failure, Ledger, Saga, StepOutcome};
use vestibule_sagas::{CredentialsState, CredentialsStep as Step};
use vestibule_store::JobWrites;

use crate::{
    Tools,
    mailbox_saga::claim_undo,
    mailing::{Letter, issue_password, note_mail},
    provider::{failed, no_provider},
    subject::hire,
};

/// The saga over the outside systems in `tools`.
#[derive(Debug)]
pub struct CredentialsSaga<'a> {
    tools: &'a Tools,
}

impl<'a> CredentialsSaga<'a> {
    /// The saga with these tools.
    pub fn new(tools: &'a Tools) -> Self {
        Self { tools }
    }

    async fn issue_password(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (hire, id, address) = mailbox(ledger).await?;
        let tenant = ledger.tenant().settings().await?;
        let provider = hire.mailbox_provider().ok_or_else(no_provider)?;
        let mailboxes =
            self.tools.providers.of(&tenant, provider, ledger.world().now()).await.map_err(failed)?;
        let address = address.to_string();
        let mailbox = (&mailboxes, &id, address.as_str());
        Ok(Done::with(issue_password(self.tools, ledger, (&tenant, &hire), mailbox, Letter::Reset).await?))
    }
}

impl Saga for CredentialsSaga<'_> {
    type Step = Step;

    fn definition(&self) -> &'static Definition {
        &Step::DEFINITION
    }

    async fn act(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => mailbox(ledger).await.map(|_| Done::plain()),
            Step::IssuePassword => self.issue_password(ledger).await,
            Step::Finish => finish(ledger).await,
        };
        done.map(StepOutcome::Done)
    }

    async fn undo(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Claim => Ok(claim_undo(ledger)),
            Step::IssuePassword if ledger.record().intent.is_none() => Ok(Done::plain()),
            Step::IssuePassword => Err(Failure::permanent("password_may_be_changed")),
            Step::Finish => Err(Failure::permanent("step_without_undo")),
        };
        done.map(StepOutcome::Done)
    }
}

/// Notes the mail on the hire, if it was not removed meanwhile.
async fn finish(ledger: &Ledger<'_>) -> Result<Done, Failure> {
    let done = Done::closing(JobStatus::Succeeded);
    let Some(id) = ledger.job().subject.hire() else { return Ok(done) };
    let Some(mut hire) = ledger.tenant().find::<Hire>(id).await? else { return Ok(done) };
    note_mail(ledger, &mut hire, ledger.state::<CredentialsState>()?.link);
    Ok(done.writing(JobWrites::none().replace_hire(hire)))
}

async fn mailbox(ledger: &Ledger<'_>) -> Result<(Hire, ProviderId, Address), Failure> {
    let hire = hire(ledger).await?;
    if hire.leaving.is_some() {
        // In WorkMail a new password would let the leaver in again.
        return Err(Failure::permanent("hire_is_leaving"));
    }
    let (Some(id), Some(address)) = (hire.mailbox.clone(), hire.address.clone()) else {
        return Err(Failure::permanent("hire_without_mailbox"));
    };
    Ok((hire, ProviderId::new(id), address))
}
