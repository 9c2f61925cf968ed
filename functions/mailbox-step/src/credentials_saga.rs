//! The credentials saga: an existing mailbox gets a new temporary password by mail.

use vestibule_adapters::mailbox::ProviderId;
use vestibule_domain::{Address, Hire, JobStatus};
use vestibule_saga::{Done, Failure, Ledger, Saga, Step, Table};

use crate::{
    Tools,
    mailbox_saga::claim_undo,
    mailing::{Letter, issue_password},
};

/// The steps.
pub static TABLE: Table = Table {
    saga: "credentials",
    steps: &[Step::inside("claim"), Step::outside("issue_password"), Step::inside("finish").last()],
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
        let (mailboxes, address) = (self.tools.mailboxes(&tenant), address.to_string());
        let mailbox = (&mailboxes, &id, address.as_str());
        Ok(Done::with(issue_password(self.tools, ledger, (&tenant, &hire), mailbox, Letter::Reset).await?))
    }
}

impl Saga for CredentialsSaga<'_> {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    async fn act(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        match step {
            "claim" => mailbox(ledger).await.map(|_| Done::plain()),
            "issue_password" => self.issue_password(ledger).await,
            "finish" => Ok(Done { status: Some(JobStatus::Succeeded), ..Done::plain() }),
            _ => Err(Failure::permanent("step_unknown")),
        }
    }

    async fn undo(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        match step {
            "claim" => Ok(claim_undo(ledger)),
            "issue_password" if ledger.record().intent.is_none() => Ok(Done::plain()),
            "issue_password" => Err(Failure::permanent("password_may_be_changed")),
            _ => Err(Failure::permanent("step_unknown")),
        }
    }

    fn taken(&self, _: &mut Ledger<'_>) -> Done {
        Done::plain()
    }
}

async fn mailbox(ledger: &Ledger<'_>) -> Result<(Hire, ProviderId, Address), Failure> {
    let hire = ledger.tenant().find_hire(ledger.job().hire).await?;
    let hire = hire.ok_or_else(|| Failure::permanent("hire_missing"))?;
    let (Some(id), Some(address)) = (hire.mailbox.clone(), hire.address.clone()) else {
        return Err(Failure::permanent("hire_without_mailbox"));
    };
    Ok((hire, ProviderId::new(id), address))
}
