//! Caring for one due job, decided on its record, not on the index that found it.

use jiff::SignedDuration;
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{Job, JobKind, JobStart, JobStatus, TenantId};
use vestibule_saga::{LaunchError, begin_anew, launch, start_pending};
use vestibule_store::{Conflict, DueJob, JobEvent, SetAside, StoreError, TenantStore};

use crate::Sweep;

/// How long a job whose record cannot be read is left alone.
const ASIDE: SignedDuration = SignedDuration::from_hours(1);

impl Sweep {
    /// What was done with the job, as a word for the tally.
    pub(crate) async fn care(&self, due: DueJob) -> Result<&'static str, LaunchError> {
        let scope = TenantScope::for_system(due.tenant, SystemTask::Sweep);
        let store = self.store.tenant(&scope);
        let now = self.world.now();
        let job = match store.find::<Job>(due.job).await {
            Err(error @ StoreError::Row { .. }) => return self.set_aside(store, due, &error).await,
            found => found?,
        };
        // The index lags: the record may have moved on since.
        let Some(mut job) = job.filter(|job| job.due.is_some_and(|at| at <= now)) else {
            return Ok("gone");
        };
        let done = match job.status {
            JobStatus::Pending => self.start(store, (due.tenant, &mut job)).await,
            JobStatus::Running | JobStatus::Compensating => {
                self.machines.recover(&self.workflows, store, (due.tenant, &mut job), &self.world).await
            }
            JobStatus::Failed => self.retry(store, (due.tenant, &mut job)).await,
            JobStatus::Succeeded | JobStatus::NeedsAttention | JobStatus::Cancelled => Ok("gone"),
        };
        match done {
            Err(LaunchError::Store(StoreError::Conflict(Conflict::Stale))) => Ok("gone"),
            done => done,
        }
    }

    /// A job whose record cannot be read: it is told of once, and looked at again now and then, for its record
    /// may be readable with another version.
    async fn set_aside(
        &self,
        store: TenantStore<'_>,
        due: DueJob,
        error: &StoreError,
    ) -> Result<&'static str, LaunchError> {
        let now = self.world.now();
        let later = now.checked_add(ASIDE).unwrap_or(now);
        if store.set_job_aside(due.job, later, &self.world).await? == SetAside::Now {
            tracing::error!(%error, job = %due.job, "a due job could not be cared for");
        }
        Ok("failed")
    }

    async fn start(
        &self,
        store: TenantStore<'_>,
        (tenant, job): (TenantId, &mut Job),
    ) -> Result<&'static str, LaunchError> {
        // Whoever imports, or gives somebody an account, has asked for it; a tenant that is made by the job is not there yet.
        let asked_for = [JobKind::IMPORT, JobKind::ACCOUNT].contains(&job.kind);
        if !asked_for && store.settings().await?.job_start == JobStart::OnRequest {
            job.due = None;
            store.save_job(job, JobEvent::default(), &self.world).await?;
            return Ok("left_to_a_person");
        }
        start_pending(store, job, None, &self.world).await?;
        launch(&self.workflows, &self.machines, tenant, job).await?;
        Ok("started")
    }

    async fn retry(
        &self,
        store: TenantStore<'_>,
        (tenant, job): (TenantId, &mut Job),
    ) -> Result<&'static str, LaunchError> {
        let Some(definition) = vestibule_sagas::find(&job.kind) else { return Ok("unknown") };
        begin_anew(store, (definition, job), None, &self.world).await?;
        launch(&self.workflows, &self.machines, tenant, job).await?;
        Ok("retried")
    }
}
