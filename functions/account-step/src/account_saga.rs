//! What the account saga does in each step; its steps are in [`vestibule_sagas::account`].
//!
//! Whether a step made something stands in its record as its effect: both are one transaction. So an undo takes back what the
//! record names, and a step that is done again after a death finds nothing of its own.

use vestibule_domain::{Account, AccountOrder, JobStatus, MadeAccount, Tenant};
use vestibule_saga::{Definition, Done, Failure, Ledger, Saga, StepOutcome};
use vestibule_sagas::{AccountState, AccountStep as Step};
use vestibule_store::{AccountWrite, JobWrites, NewTenant, TierChange};

use crate::Accounts;

/// The saga over the table and the mail service.
#[derive(Debug)]
pub struct AccountSaga<'a> {
    pub(crate) accounts: &'a Accounts,
}

impl<'a> AccountSaga<'a> {
    /// The saga with these tools.
    pub fn new(accounts: &'a Accounts) -> Self {
        Self { accounts }
    }

    /// The one place where a tenant is made by the platform; a job of its own may stand behind it one day.
    async fn tenant(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let (order, found) = (order(ledger).await?, ledger.tenant().find_settings().await?);
        let Some(new) = &order.organization else {
            let tenant = found.ok_or_else(|| Failure::permanent("tenant_missing"))?;
            return Ok(Done::with(tenant.id.to_string()));
        };
        if self.accounts.store.platform().find_by_slug(&new.slug).await?.is_some() {
            return Err(Failure::permanent("slug_taken"));
        }
        let (names, support) = ((new.name.as_str(), new.slug.as_str()), order.email.clone());
        let tenant = Tenant::founded(ledger.tenant_id(), names, support, &self.accounts.site);
        let (id, preset) = (tenant.id, new.preset);
        let write = AccountWrite::Found(Box::new(NewTenant { tenant, preset }));
        Ok(Done::with(id.to_string()).writing(JobWrites::none().account(write)))
    }

    async fn tenant_undo(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let done = Done::closing(how_it_ended(ledger));
        let made = ledger.record().effect.is_some() && order(ledger).await?.organization.is_some();
        if !made {
            return Ok(done);
        }
        if ledger.tenant().has_members().await? {
            return Err(Failure::permanent("tenant_in_use"));
        }
        let tenant = Box::new(ledger.tenant().settings().await?);
        Ok(done.writing(JobWrites::none().account(AccountWrite::Unfound(tenant))))
    }

    async fn account(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let order = order(ledger).await?;
        let look = ledger.tenant().look_before_joining(&order, ledger.job(), ledger.world()).await?;
        if let Some(problem) = look.problems.first() {
            return Err(Failure::permanent(problem.code()));
        }
        let joining = look.joining.ok_or_else(|| Failure::retry("account_changed"))?;
        let made = joining.made();
        let state = AccountState { made: Some(made), ..ledger.state()? };
        ledger.set_state(&state)?;
        let write = AccountWrite::Join(Box::new(joining));
        Ok(Done::with(made.user.to_string()).writing(JobWrites::none().account(write)))
    }

    async fn account_undo(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        if ledger.record().effect.is_none() {
            return Ok(Done::plain());
        }
        let (order, made) = (order(ledger).await?, made(ledger)?);
        match ledger.tenant().look_before_parting(&order, made).await? {
            Ok(parting) => {
                Ok(Done::plain().writing(JobWrites::none().account(AccountWrite::Part(Box::new(parting)))))
            }
            Err(code) => Err(Failure::permanent(code)),
        }
    }

    async fn subscription(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (order, made) = (order(ledger).await?, made(ledger)?);
        // Another job may have given it a tier meanwhile, when both were ordered at once.
        let before = self.accounts.store.platform().find_account(made.user).await?;
        let before = before.ok_or_else(|| Failure::permanent("account_changed"))?;
        let after = before.changed(order.tier, before.status.clone());
        let (tier_before, tier_version) = (Some(before.tier), Some(before.version));
        let state = AccountState { tier_before, tier_version, ..ledger.state()? };
        ledger.set_state(&state)?;
        let effect = Done::with(order.tier.terms().name);
        let change = TierChange { before, after, of_tenant: order.organization.is_some(), back: false };
        Ok(effect.writing(JobWrites::none().account(AccountWrite::Tier(Box::new(change)))))
    }

    async fn subscription_undo(&self, ledger: &Ledger<'_>) -> Result<Done, Failure> {
        let (state, made) = (ledger.state::<AccountState>()?, made(ledger));
        let (Some(_), Some(tier), Ok(made)) = (ledger.record().effect, state.tier_before, made) else {
            return Ok(Done::plain());
        };
        let version = state.tier_version.unwrap_or(made.version);
        let before = self.account_at(version + 1, &made).await?;
        // The row is as it was before, its version too.
        let after = Account { tier, version, ..before.clone() };
        let of_tenant = order(ledger).await?.organization.is_some();
        let change = TierChange { before, after, of_tenant, back: true };
        Ok(Done::plain().writing(JobWrites::none().account(AccountWrite::Tier(Box::new(change)))))
    }

    /// The account, if nobody but this job has changed it since.
    async fn account_at(&self, version: u64, made: &MadeAccount) -> Result<Account, Failure> {
        let found = self.accounts.store.platform().find_account(made.user).await?;
        found
            .filter(|account| account.version == version)
            .ok_or_else(|| Failure::permanent("account_changed"))
    }
}

impl Saga for AccountSaga<'_> {
    type Step = Step;

    fn definition(&self) -> &'static Definition {
        &Step::DEFINITION
    }

    async fn act(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Tenant => self.tenant(ledger).await,
            Step::Account => self.account(ledger).await,
            Step::Subscription => self.subscription(ledger).await,
            Step::Invitation => self.invite(ledger).await,
            Step::Finish => finish(ledger).await,
        };
        done.map(StepOutcome::Done)
    }

    async fn undo(&self, step: Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let done = match step {
            Step::Tenant => self.tenant_undo(ledger).await,
            Step::Account => self.account_undo(ledger).await,
            Step::Subscription => self.subscription_undo(ledger).await,
            // A mail that was refused is not out; what is out stays out.
            Step::Invitation if ledger.record().intent.is_none() && ledger.record().effect.is_none() => {
                Ok(Done::plain())
            }
            Step::Invitation => Err(Failure::permanent("mail_may_be_out")),
            Step::Finish => Err(Failure::permanent("step_without_undo")),
        };
        done.map(StepOutcome::Done)
    }
}

async fn finish(ledger: &Ledger<'_>) -> Result<Done, Failure> {
    let (order, made) = (order(ledger).await?, made(ledger)?);
    let write = AccountWrite::Settle { user: made.user, founded: order.organization.is_some() };
    Ok(Done::closing(JobStatus::Succeeded).writing(JobWrites::none().account(write)))
}

/// The order of the job at hand.
pub(crate) async fn order(ledger: &Ledger<'_>) -> Result<AccountOrder, Failure> {
    let found = ledger.tenant().find_account_order(ledger.job().id).await?;
    found.ok_or_else(|| Failure::permanent("order_missing"))
}

/// What the job has made.
pub(crate) fn made(ledger: &Ledger<'_>) -> Result<MadeAccount, Failure> {
    ledger.state::<AccountState>()?.made.ok_or_else(|| Failure::permanent("account_missing"))
}

/// What was wanted and did not come to be is for a person to look at, unless it was stopped.
fn how_it_ended(ledger: &Ledger<'_>) -> JobStatus {
    if ledger.was_stopped() {
        return JobStatus::Cancelled;
    }
    let code = ledger.job().last_error.as_ref().map_or("", |error| error.code.as_str());
    tracing::error!(job = %ledger.job().id, code, "needs_attention");
    JobStatus::Failed
}
