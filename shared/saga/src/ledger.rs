//! The effect ledger of one job while one worker holds it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, JobStatus, StepRecord, TenantId, World};
use vestibule_store::{Conflict, JobEvent, JobWrites, MOST_RESULTS, Store, StoreError, TenantStore};

use crate::{Done, Failure, perform::CANCELLED};

/// How long a worker may hold a job. Longer than the function may run, so that a worker whose
/// lease has ended is known to be dead.
pub const LEASE: SignedDuration = SignedDuration::from_secs(20);

/// A job as one worker sees it. Every write names the version it read: a worker that was
/// overtaken cannot write.
pub struct Ledger<'a> {
    pub(crate) store: &'a Store,
    pub(crate) scope: &'a TenantScope,
    pub(crate) world: &'a World,
    pub(crate) job: Job,
    pub(crate) step: &'static str,
    /// The lease this worker wrote, while it holds one.
    held: Option<Timestamp>,
    /// The candidate chosen last in a row of them, the last one lost to another job, and how many were
    /// lost; they live as long as the task.
    candidate: u32,
    lost: u32,
    losses: u32,
}

/// How often a write is tried that meets somebody else's wish on the record.
const TRIES: u32 = 3;
/// The longest pause after the first candidate lost, in milliseconds; it doubles with each one more.
const PAUSE: u64 = 40;
const LONGEST_PAUSE: u64 = 1_000;

impl<'a> Ledger<'a> {
    pub(crate) fn new(
        (store, scope, world): (&'a Store, &'a TenantScope, &'a World),
        job: Job,
        step: &'static str,
    ) -> Self {
        Self { store, scope, world, job, step, held: None, candidate: 0, lost: 0, losses: 0 }
    }

    /// The job.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Whether a person stopped the job. The wish counts also where the job had failed by itself when it came: then no step was left
    /// to notice it.
    pub fn was_stopped(&self) -> bool {
        let last = self.job.last_error.as_ref();
        self.job.cancel_requested || last.is_some_and(|error| error.code == CANCELLED)
    }

    /// The record of the step at hand.
    pub fn record(&self) -> StepRecord {
        self.job.step(self.step)
    }

    /// Reads within the job's tenant.
    pub fn tenant(&self) -> TenantStore<'_> {
        self.store.tenant(self.scope)
    }

    /// Whose job it is.
    pub fn tenant_id(&self) -> TenantId {
        self.scope.tenant()
    }

    /// The clock and the randomness.
    pub fn world(&self) -> &World {
        self.world
    }

    /// Writes down what the step is about to do outside, before it does it.
    pub async fn intend(&mut self, intent: &str) -> Result<(), Failure> {
        self.intend_with(intent, JobWrites::none()).await
    }

    /// The same, with what is written in the same transaction.
    pub async fn intend_with(&mut self, intent: &str, writes: JobWrites) -> Result<(), Failure> {
        let step = self.step;
        self.job.step_mut(step).intent = Some(intent.to_owned());
        self.take_lease();
        Ok(self.save(JobEvent { writes, ..JobEvent::default() }).await?)
    }

    /// Puts the intent back to what it was before, because the outside system is known not to have
    /// acted on the last one; written with the step's outcome.
    pub fn restore_intent(&mut self, before: Option<String>) {
        let step = self.step;
        self.job.step_mut(step).intent = before;
    }

    /// The last candidate that this worker lost to a faster job; 0 at first.
    pub fn lost(&self) -> u32 {
        self.lost
    }

    /// Notes the candidate chosen, so that a lost race goes on behind it.
    pub fn choose(&mut self, candidate: u32) {
        self.candidate = candidate;
    }

    /// Goes on behind a candidate that a faster job took, after a pause of any length up to a growing
    /// most: rivals that come back together lose together.
    pub(crate) async fn lose_candidate(&mut self) {
        self.lost = self.candidate;
        let most = (PAUSE << self.losses.min(8)).min(LONGEST_PAUSE);
        self.losses += 1;
        let pause = most * u64::from(u16::from_be_bytes(self.world.bytes())) / u64::from(u16::MAX);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }

    /// What the saga keeps for itself between its steps; the default at first.
    ///
    /// # Errors
    /// The record holds something else.
    pub fn state<T: DeserializeOwned + Default>(&self) -> Result<T, Failure> {
        self.job.state().map_err(|_| Failure::permanent("state_broken"))
    }

    /// Puts the saga's own state in the place of the former; written with the next save.
    ///
    /// # Errors
    /// It is nothing that JSON has.
    pub fn set_state(&mut self, state: &impl Serialize) -> Result<(), Failure> {
        self.job.set_state(state).map_err(|_| Failure::permanent("state_broken"))
    }

    /// Says in the step's record why it waits or is not done yet, as a stable code; written with the next save.
    pub fn note(&mut self, code: &str) {
        let step = self.step;
        self.job.step_mut(step).error = Some(code.to_owned());
    }

    /// How far a step that works in batches has come.
    pub fn cursor(&self) -> Option<String> {
        self.record().cursor
    }

    /// The record of another step, to change with the next write.
    pub fn other_step(&mut self, step: &str) -> &mut StepRecord {
        self.job.step_mut(step)
    }

    /// Takes the lease, or takes it anew; written with the next save.
    pub(crate) fn take_lease(&mut self) {
        let end = self.world.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        self.job.lease_until = Some(end);
    }

    /// Writes the job. A wish to cancel that came meanwhile does not cost the worker its lease:
    /// it is taken over and the write tried again.
    pub(crate) async fn save(&mut self, event: JobEvent<'_>) -> Result<(), StoreError> {
        let JobEvent { from, action, writes, .. } = event;
        let mut tries = if writes.can_be_repeated() { TRIES } else { 1 };
        loop {
            tries -= 1;
            let event = JobEvent { from, action, writes: writes.clone(), answer: None };
            let saved = self.store.tenant(self.scope).save_job(&mut self.job, event, self.world).await;
            let stale = matches!(saved, Err(StoreError::Conflict(Conflict::Stale)));
            if stale && tries > 0 && self.take_over_wish().await? {
                continue;
            }
            if saved.is_ok() {
                self.held = self.job.lease_until;
            }
            return saved;
        }
    }

    /// True when the record still shows our lease, so that only a wish can have been added.
    async fn take_over_wish(&mut self) -> Result<bool, StoreError> {
        let Some(fresh) = self.store.tenant(self.scope).find::<Job>(self.job.id).await? else {
            return Ok(false);
        };
        let ours = self.held.is_some() && fresh.lease_until == self.held && fresh.attempt == self.job.attempt;
        if ours {
            self.job.version = fresh.version;
            self.job.cancel_requested = fresh.cancel_requested;
        }
        Ok(ours)
    }

    /// Writes the outcome of a step with everything that belongs to it, and gives the lease back.
    pub(crate) async fn close(&mut self, done: Done, action: &str) -> Result<(), StoreError> {
        self.job.lease_until = None;
        let from = self.job.status;
        if let Some(status) = done.status {
            self.change_status(status);
        }
        let changed = (from != self.job.status).then_some(from);
        let event = JobEvent { from: changed, action, writes: done.writes, answer: None };
        self.save(event).await?;
        if changed.is_some() && self.job.status == JobStatus::NeedsAttention {
            let code = self.job.last_error.as_ref().map(|error| error.code.as_str());
            tracing::error!(job = %self.job.id, code, "needs_attention");
        }
        Ok(())
    }

    /// Whether the job may have these results too.
    pub(crate) fn has_room_for(&self, results: u32) -> bool {
        self.job.results.saturating_add(results) <= MOST_RESULTS
    }

    /// Sets the status, and with it when the sweep has to look again.
    pub(crate) fn change_status(&mut self, status: JobStatus) {
        self.job.status = status;
        if status == JobStatus::Succeeded {
            // What went wrong on the way is in the audit log; here it would read as if it had not been mended.
            self.job.last_error = None;
        }
        if status.is_final() {
            self.job.due = crate::launch::next_try(&self.job, self.world.now());
        }
    }
}
