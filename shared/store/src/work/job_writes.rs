//! What a step of a job has written in the same transaction as its own record.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_domain::{Address, Hire, Job, JobId, World};

use crate::{
    AccountWrite, Conflict, CursorError, CursorKey, Page, PageRequest, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::to_row,
    engine::keys,
    engine::kinds::Kind,
    work::jobs::shown_on,
};

/// Results that a job can have in all.
pub const MOST_RESULTS: u32 = 10_000;
/// Results that one write of a job can bring: a transaction has at most 100 rows, and some belong to the job.
pub const MOST_RESULTS_AT_ONCE: usize = 90;

/// One of many things that a job did, such as a row of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobResult {
    /// Its place among the results of its job, from 0.
    pub number: u32,
    /// What came of it; only the saga knows its shape. Sealed in the table.
    pub value: Value,
}

#[derive(Debug, Clone)]
enum JobWrite {
    Reserve(Address),
    Release(Address),
    ReleaseOf(Address, JobId),
    Hire(Box<Hire>),
    Result(Value),
    Account(Box<AccountWrite>),
}

/// Writes that stand or fall together with the record of their step.
#[derive(Debug, Clone, Default)]
pub struct JobWrites(Vec<JobWrite>);

impl JobWrites {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Takes an address for the job; a conflict when another job holds it.
    #[must_use]
    pub fn reserve(self, address: Address) -> Self {
        self.and(JobWrite::Reserve(address))
    }

    /// Gives an address back that the job holds.
    #[must_use]
    pub fn release(self, address: Address) -> Self {
        self.and(JobWrite::Release(address))
    }

    /// Gives an address back that another job of the same hire took.
    #[must_use]
    pub fn release_of(self, address: Address, holder: JobId) -> Self {
        self.and(JobWrite::ReleaseOf(address, holder))
    }

    /// Replaces a hire, as read and changed.
    #[must_use]
    pub fn replace_hire(self, hire: Hire) -> Self {
        self.and(JobWrite::Hire(Box::new(hire)))
    }

    /// Adds a result in a row of its own, behind those that the job has.
    #[must_use]
    pub fn result(self, value: Value) -> Self {
        self.and(JobWrite::Result(value))
    }

    /// Changes an account, as it was looked at.
    #[must_use]
    pub fn account(self, write: AccountWrite) -> Self {
        self.and(JobWrite::Account(Box::new(write)))
    }

    fn and(mut self, write: JobWrite) -> Self {
        self.0.push(write);
        self
    }

    /// Whether the same writes may be tried again with a newer record of the job: nothing in them was read before.
    pub fn can_be_repeated(&self) -> bool {
        !self.replaces_hire()
    }

    pub(crate) fn replaces_hire(&self) -> bool {
        self.0.iter().any(|write| matches!(write, JobWrite::Hire(_)))
    }

    /// How many results are among them.
    pub fn results(&self) -> u32 {
        let results = self.0.iter().filter(|write| matches!(write, JobWrite::Result(_))).count();
        u32::try_from(results).unwrap_or(u32::MAX)
    }
}

impl TenantStore<'_> {
    /// Adds the writes to a command about `job`, which had `results` before.
    pub(crate) fn writing(
        &self,
        mut command: Command,
        job: &Job,
        (writes, results): (JobWrites, u32),
        world: &World,
    ) -> Result<Command, StoreError> {
        let mut numbers = results..;
        for write in writes.0 {
            command = match write {
                JobWrite::Reserve(address) => command.reserving(&address, job.id)?,
                JobWrite::Release(address) => command.releasing(&address, job.id),
                JobWrite::ReleaseOf(address, holder) => command.releasing(&address, holder),
                JobWrite::Hire(hire) => self.replacing_hire(command, job, *hire)?,
                JobWrite::Account(write) => self.writing_account(command, job, *write, world)?,
                JobWrite::Result(value) => {
                    let number = numbers.next().unwrap_or(results);
                    let key = keys::job_result(self.tenant(), job.id, number);
                    let row = to_row(&key, Kind::JobResult, &JobResult { number, value })?;
                    command.and(Action::put(row).if_new(), Conflict::Exists)
                }
            };
        }
        Ok(command)
    }

    fn replacing_hire(&self, command: Command, job: &Job, mut hire: Hire) -> Result<Command, StoreError> {
        let read = hire.version;
        hire.version += 1;
        if shown_on(job) == Some(hire.id) {
            hire.provisioning = Some(job.status);
        }
        Ok(command.and(self.replacing(&hire, read)?, Conflict::Stale))
    }

    /// One page of a job's results, the last first.
    ///
    /// # Errors
    /// As [`TenantStore::list`].
    pub async fn list_job_results(
        &self,
        job: JobId,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<JobResult>, CursorError>, StoreError> {
        self.page(&keys::job_results(job), request, key).await
    }
}
