//! The mailbox saga: a signed hire gets a mailbox and its password by mail.
//!
//! Order: claim -> reserve address -> create user -> enable mailbox -> issue password -> finish.
//! The address is given back last, when the mailbox is known to be gone. Once the mail may be
//! out there is no way back, only forward.

use vestibule_adapters::mailbox::{Mailboxes, NewUser, Occupancy, ProviderId};
use vestibule_domain::{Address, FoldError, Hire, JobStatus, LocalPart, StepRecord, StepStatus, Tenant};
use vestibule_saga::{Done, Failure, Ledger, Saga, Step, Table};

use crate::{
    Tools,
    mailing::{Letter, MAILING, issue_password},
};

/// The steps.
pub static TABLE: Table = Table {
    saga: "mailbox",
    steps: &[
        Step::inside("claim"),
        Step::inside("reserve_address"),
        Step::outside("create_user").when_taken(None, "reserve_address"),
        Step::outside("enable_mailbox").when_taken(Some("create_user"), "reserve_address"),
        Step::outside("issue_password"),
        Step::inside("finish").last(),
    ],
};

/// Candidates looked up in the table at once.
const BATCH: u32 = 10;
/// Spellings tried before a person is asked.
const MOST_SPELLINGS: u32 = 200;
/// Failures that only a person can resolve, though nothing is left behind.
const FOR_A_PERSON: [&str; 3] = ["name_without_letters", "address_reserved", "addresses_used_up"];

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
        let hire = self.hire(ledger).await?;
        if hire.mailbox.is_some() { Err(Failure::permanent("hire_has_mailbox")) } else { Ok(Done::plain()) }
    }

    async fn reserve_address(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (tenant, mailboxes) = self.provider(ledger).await?;
        let local = match &ledger.job().local_part {
            Some(chosen) => chosen.clone(),
            None => fold(&self.hire(ledger).await?)?,
        };
        for first in (ledger.lost() + 1..=MOST_SPELLINGS).step_by(BATCH as usize) {
            let spelled: Vec<Address> =
                (first..first + BATCH).map(|n| local.numbered(n).at(&tenant.domain)).collect();
            let held = ledger.tenant().taken_addresses(&spelled).await?;
            for (number, address) in (first..).zip(spelled) {
                let text = address.to_string();
                if held.contains(&address) || ledger.job().foreign.contains(&text) {
                    continue;
                }
                if mailboxes.lookup(&text).await? == Occupancy::Free {
                    ledger.choose(number);
                    return Ok(Done { reserve: Some(address), ..Done::with(text) });
                }
                ledger.avoid(text);
            }
        }
        Err(Failure::permanent("addresses_used_up"))
    }

    async fn create_user(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (_, mailboxes) = self.provider(ledger).await?;
        let (hire, address, marker) = (self.hire(ledger).await?, reserved(ledger)?, marker(ledger));
        if let Some(former) = ledger.record().effect {
            // Made for an address that was given up, by a worker that died before it was discarded.
            remove(&mailboxes, &ProviderId::new(former)).await?;
        }
        let text = address.to_string();
        let user = NewUser {
            local_part: address.local().as_str(),
            address: &text,
            given_name: hire.name.given.as_str(),
            family_name: hire.name.family.as_str(),
            marker: &marker,
        };
        Ok(Done::with(mailboxes.create_user(&user).await?.as_str()))
    }

    async fn create_user_undo(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let Some(id) = self.user(ledger).await? else {
            return Ok(Done::plain());
        };
        let (_, mailboxes) = self.provider(ledger).await?;
        remove(&mailboxes, &id).await
    }

    async fn enable_mailbox(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (_, mailboxes) = self.provider(ledger).await?;
        let (hire, address, id) = (self.hire(ledger).await?, reserved(ledger)?, created(ledger)?);
        mailboxes.enable(&id, &address.to_string(), &hire.name.display()).await?;
        Ok(Done::with(id.as_str()))
    }

    async fn enable_mailbox_undo(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (_, mailboxes) = self.provider(ledger).await?;
        if let Some(id) = self.user(ledger).await? {
            mailboxes.disable(&id).await?;
        }
        Ok(Done::plain())
    }

    async fn issue_password(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (tenant, mailboxes) = self.provider(ledger).await?;
        let (hire, address, id) = (self.hire(ledger).await?, reserved(ledger)?.to_string(), created(ledger)?);
        let mailbox = (&mailboxes, &id, address.as_str());
        Ok(Done::with(issue_password(self.tools, ledger, (&tenant, &hire), mailbox, Letter::Welcome).await?))
    }

    async fn finish(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let mut hire = self.hire(ledger).await?;
        hire.address = Some(reserved(ledger)?);
        hire.mailbox = Some(created(ledger)?.as_str().to_owned());
        hire.updated = ledger.world().now();
        Ok(Done { status: Some(JobStatus::Succeeded), hire: Some(hire), ..Done::plain() })
    }

    async fn hire(&self, ledger: &Ledger<'_>) -> Result<Hire, Failure> {
        let found = ledger.tenant().find_hire(ledger.job().hire).await?;
        found.ok_or_else(|| Failure::permanent("hire_missing"))
    }

    async fn provider(&self, ledger: &Ledger<'_>) -> Result<(Tenant, Mailboxes), Failure> {
        let tenant = ledger.tenant().settings().await?;
        let mailboxes = self.tools.mailboxes(&tenant);
        Ok((tenant, mailboxes))
    }

    /// The user this job made, by its recorded id or, when the answer was lost, by our mark.
    async fn user(&self, ledger: &Ledger<'_>) -> Result<Option<ProviderId>, Failure> {
        let record = ledger.job().step("create_user");
        if let Some(id) = record.effect {
            return Ok(Some(ProviderId::new(id)));
        }
        let Ok(address) = reserved(ledger) else {
            return Ok(None);
        };
        let (_, mailboxes) = self.provider(ledger).await?;
        Ok(mailboxes.find_ours(address.local().as_str(), &marker(ledger)).await?)
    }
}

impl Saga for MailboxSaga<'_> {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    async fn act(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        match step {
            "claim" => self.claim(ledger).await,
            "reserve_address" => self.reserve_address(ledger).await,
            "create_user" => self.create_user(ledger).await,
            "enable_mailbox" => self.enable_mailbox(ledger).await,
            "issue_password" => self.issue_password(ledger).await,
            "finish" => self.finish(ledger).await,
            _ => Err(Failure::permanent("step_unknown")),
        }
    }

    async fn undo(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        match step {
            "claim" => Ok(claim_undo(ledger)),
            "reserve_address" => reserve_address_undo(ledger),
            "create_user" => self.create_user_undo(ledger).await,
            "enable_mailbox" => self.enable_mailbox_undo(ledger).await,
            "issue_password" => issue_password_undo(ledger),
            _ => Err(Failure::permanent("step_unknown")),
        }
    }

    fn taken(&self, ledger: &mut Ledger<'_>) -> Done {
        let release = reserved(ledger).ok();
        if let Some(address) = &release {
            ledger.avoid(address.to_string());
        }
        let attempts = ledger.job().step("reserve_address").attempts;
        let record = ledger.other_step("reserve_address");
        *record = StepRecord { attempts, ..StepRecord::default() };
        let user = ledger.other_step("create_user");
        if user.status == StepStatus::Done {
            // Its user has the name that is given up: the step must be done again for the next one.
            user.status = StepStatus::Failed;
        }
        Done { release, ..Done::plain() }
    }
}

/// Deletes a user of ours and makes sure that it is gone.
async fn remove(mailboxes: &Mailboxes, id: &ProviderId) -> Result<Done, Failure> {
    mailboxes.disable(id).await?;
    mailboxes.delete(id).await?;
    if mailboxes.describe(id).await?.is_some() {
        Err(Failure::retry("user_still_there"))
    } else {
        Ok(Done::plain())
    }
}

/// Closes the job: nothing of it is left.
pub(crate) fn claim_undo(ledger: &Ledger<'_>) -> Done {
    let code = ledger.job().last_error.as_ref().map_or("", |error| error.code.as_str());
    let status = match code {
        "cancelled" => JobStatus::Cancelled,
        code if FOR_A_PERSON.contains(&code) => JobStatus::NeedsAttention,
        _ => JobStatus::Failed,
    };
    Done { status: Some(status), ..Done::plain() }
}

fn reserve_address_undo(ledger: &Ledger<'_>) -> Result<Done, Failure> {
    let gone = matches!(ledger.job().step("create_user").status, StepStatus::Pending | StepStatus::Undone);
    if gone {
        Ok(Done { release: reserved(ledger).ok(), ..Done::plain() })
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
    let address = ledger.job().step("reserve_address").effect;
    address.and_then(|text| Address::try_from(text).ok()).ok_or_else(|| Failure::permanent("address_missing"))
}

fn created(ledger: &Ledger<'_>) -> Result<ProviderId, Failure> {
    let id = ledger.job().step("create_user").effect;
    id.map(ProviderId::new).ok_or_else(|| Failure::permanent("user_missing"))
}

/// Shows until the mailbox is enabled that this job made the user.
fn marker(ledger: &Ledger<'_>) -> String {
    format!("pending {}", ledger.job().id)
}
