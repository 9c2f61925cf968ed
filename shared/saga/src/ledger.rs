//! The effect ledger of one job while one worker holds it.

use jiff::{SignedDuration, Timestamp};
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, JobStatus, StepRecord, World};
use vestibule_store::{JobEvent, Store, StoreError, TenantStore};

use crate::{Done, Failure};

/// How long a worker may hold a job. Longer than the function may run, so that a worker whose
/// lease has ended is known to be dead.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(20);

/// A job as one worker sees it. Every write names the version it read: a worker that was
/// overtaken cannot write.
pub struct Ledger<'a> {
    pub(crate) store: &'a Store,
    pub(crate) scope: &'a TenantScope,
    pub(crate) world: &'a World,
    pub(crate) job: Job,
    pub(crate) step: &'static str,
}

impl Ledger<'_> {
    /// The job.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The record of the step at hand.
    pub fn record(&self) -> StepRecord {
        self.job.step(self.step)
    }

    /// Reads within the job's tenant.
    pub fn tenant(&self) -> TenantStore<'_> {
        self.store.tenant(self.scope)
    }

    /// The clock and the randomness.
    pub fn world(&self) -> &World {
        self.world
    }

    /// Writes down what the step is about to do outside, before it does it.
    pub async fn intend(&mut self, intent: &str) -> Result<(), Failure> {
        let (step, until) = (self.step, self.lease_end());
        self.job.step_mut(step).intent = Some(intent.to_owned());
        self.job.lease_until = Some(until);
        Ok(self.save(JobEvent::default()).await?)
    }

    /// Takes the intent back, because the outside system is known not to have acted; written with
    /// the step's outcome.
    pub fn forget_intent(&mut self) {
        let step = self.step;
        self.job.step_mut(step).intent = None;
    }

    /// Notes an address as somebody else's, so that it is not tried again by this job.
    pub fn avoid(&mut self, address: String) {
        self.job.foreign.push(address);
    }

    /// The record of another step, to change with the next write.
    pub fn other_step(&mut self, step: &str) -> &mut StepRecord {
        self.job.step_mut(step)
    }

    pub(crate) fn lease_end(&self) -> Timestamp {
        self.world.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX)
    }

    pub(crate) async fn save(&mut self, event: JobEvent<'_>) -> Result<(), StoreError> {
        self.store.tenant(self.scope).save_job(&mut self.job, event, self.world).await
    }

    /// Writes the outcome of a step with everything that belongs to it, and gives the lease back.
    pub(crate) async fn close(&mut self, mut done: Done, action: &str) -> Result<(), StoreError> {
        self.job.lease_until = None;
        let from = self.job.status;
        if let Some(status) = done.status {
            self.change_status(status);
        }
        let event = JobEvent {
            from: (from != self.job.status).then_some(from),
            action,
            hire: done.hire.as_mut(),
            reserve: done.reserve.as_ref(),
            release: done.release.as_ref(),
            answer: None,
        };
        self.save(event).await
    }

    /// Sets the status, and with it when the sweep has to look again.
    pub(crate) fn change_status(&mut self, status: JobStatus) {
        self.job.status = status;
        if status.is_final() {
            self.job.due = crate::launch::next_try(&self.job, self.world.now());
        }
    }
}
