//! The orders of accounts, and the platform's list of the jobs that work on them.

use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{AccountOrder, Job, JobId, JobKind, JobStatus, TenantId, World};

use crate::{
    Administration, Answer, Conflict, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::to_row,
    engine::keys,
    engine::kinds::Kind,
};

/// Where a job of the platform is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformJob {
    /// In which tenant.
    pub tenant: TenantId,
    /// Which job.
    pub job: JobId,
    /// What it makes.
    pub kind: JobKind,
}

/// Whether a person has to look at a job that ended so: what the platform wanted did not come to be.
fn is_for_a_person(status: JobStatus) -> bool {
    matches!(status, JobStatus::Failed | JobStatus::NeedsAttention)
}

impl Administration<'_> {
    /// Adds an order and the job that works on it, in the tenant that it is for; a new tenant's id is made beforehand.
    pub async fn begin_account(
        &self,
        ordered: (TenantId, &Job, &AccountOrder),
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let command = self.ordering_account(Command::new(), ordered, world)?;
        command.answering(answer, world)?.commit(self.store).await
    }

    /// Adds an order and its job to a command.
    pub(crate) fn ordering_account(
        &self,
        command: Command,
        (tenant, job, order): (TenantId, &Job, &AccountOrder),
        world: &World,
    ) -> Result<Command, StoreError> {
        let within = TenantScope::for_system(tenant, SystemTask::Provisioning);
        let row = to_row(&keys::account_order(tenant, job.id), Kind::AccountOrder, order)?;
        let command = command.and(Action::put(row).if_new(), Conflict::Exists);
        let organization = order.organization.as_ref().map(|new| &new.slug);
        let told = json!({
            "tenant": tenant, "organization": organization, "tier": order.tier, "role": order.role,
            "origin": order.origin,
        });
        let id = job.id.to_string();
        let command =
            command.told_platform(self.scope.actor(), "account.provision", id, (json!(null), told), world)?;
        self.store.tenant(&within).adding_job(command, job, world)
    }
}

impl TenantStore<'_> {
    /// What the job works from.
    pub async fn find_account_order(&self, job: JobId) -> Result<Option<AccountOrder>, StoreError> {
        self.store.get(&keys::account_order(self.tenant(), job)).await
    }

    /// Adds where the platform finds a job of its own that had the status `from`.
    pub(crate) fn pointing_out(
        &self,
        command: Command,
        job: &Job,
        from: Option<JobStatus>,
    ) -> Result<Command, StoreError> {
        if job.kind != JobKind::ACCOUNT {
            return Ok(command);
        }
        let place = PlatformJob { tenant: self.tenant(), job: job.id, kind: job.kind.clone() };
        let put = |list| to_row(&keys::platform_job(list, job.id), Kind::PlatformJob, &place);
        let command = match from {
            None => command.and(Action::put(put(keys::PLATFORM_JOBS)?).if_new(), Conflict::Exists),
            Some(_) => command,
        };
        match (from.is_some_and(is_for_a_person), is_for_a_person(job.status)) {
            (false, true) => Ok(command.and(Action::put(put(keys::JOBS_FOR_A_PERSON)?), Conflict::Stale)),
            (true, false) => {
                let gone = Action::delete(&keys::platform_job(keys::JOBS_FOR_A_PERSON, job.id));
                Ok(command.and(gone, Conflict::Stale))
            }
            _ => Ok(command),
        }
    }
}
