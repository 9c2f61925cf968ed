//! Mails that the job of an account sent: the job has the message's id, and the account shows what became of it.

use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{Job, JobId, JobKind, TenantId};
use vestibule_sagas::{AccountState, AccountStep};
use vestibule_store::StoreError;

use crate::{EmailEvents, Outcome, Report};

impl EmailEvents {
    pub(crate) async fn invitation_mail(
        &self,
        (tenant, job): (TenantId, JobId),
        report: &Report,
    ) -> Result<Outcome, StoreError> {
        let scope = TenantScope::for_system(tenant, SystemTask::EmailEvents);
        let (store, now) = (self.store.tenant(&scope), self.world.now());
        let found = store.find::<Job>(job).await?.filter(|job| job.kind == JobKind::ACCOUNT);
        let Some(job) = found else { return Ok(Outcome::Unknown) };
        match job.step(AccountStep::Invitation.as_str()).effect {
            Some(message) if message == report.message => {}
            None if job.lease_until.is_some_and(|until| now < until) => return Ok(Outcome::TooEarly),
            _ => return Ok(Outcome::Unknown),
        }
        let made = job.state::<AccountState>().ok().and_then(|state| state.made);
        let (Some(made), Some(order)) = (made, store.find_account_order(job.id).await?) else {
            return Ok(Outcome::Unknown);
        };
        let platform = self.store.platform();
        let (about, delivery) = ((job.id, made.user, &order.email), report.delivery(now));
        if !platform.record_account_delivery(about, &delivery, &self.world).await? {
            return Ok(Outcome::Known);
        }
        tracing::info!(job = %job.id, state = delivery.state.name(), "mail_delivery");
        Ok(Outcome::Recorded)
    }
}
