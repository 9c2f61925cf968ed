//! Jobs: their record with the ledger of steps, the marker that finds the oldest pending one, and
//! the sparse index of work that the sweep must look at.

use serde_json::json;
use vestibule_domain::{Hire, Job, JobId, JobKind, JobStatus, Subject, TenantId, World};

use crate::{
    Answer, AuditRecord, Conflict, JobWrites, OutboxEvent, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{Row, key_row, number, text},
    engine::keys,
    engine::kinds::Kind,
};

/// What else happens together with the write of a job.
#[derive(Debug, Default)]
pub struct JobEvent<'a> {
    /// The status before, when the write changes it: brings an audit record and an event.
    pub from: Option<JobStatus>,
    /// The name of the change in the audit log, such as `job.start`.
    pub action: &'a str,
    /// What else is written in the same transaction.
    pub writes: JobWrites,
    /// The answer to keep for a repeated request.
    pub answer: Option<Answer>,
}

/// A job found by the sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueJob {
    /// Whose job.
    pub tenant: TenantId,
    /// Which.
    pub job: JobId,
}

impl TenantStore<'_> {
    /// The oldest jobs that wait to be started, at most `limit`.
    pub async fn oldest_pending(&self, limit: i32) -> Result<Vec<JobId>, StoreError> {
        let query = self.store.prefix_query(&keys::tenant_partition(self.tenant()), keys::PENDING);
        let rows = query.limit(limit).send().await?.items.unwrap_or_default();
        Ok(rows.iter().filter_map(pending_job).collect())
    }

    /// Adds a new job on behalf of a hire, together with the hire's own change.
    pub async fn create_job(
        &self,
        job: &Job,
        hire: &mut Hire,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        hire.worked_on_by(job.id);
        self.replace(hire, |command, _| self.adding_job(command, job, world)?.answering(answer, world)).await
    }

    /// Adds a new job that changes nothing of its subject.
    pub async fn add_job(&self, job: &Job, answer: Option<Answer>, world: &World) -> Result<(), StoreError> {
        self.adding_job(Command::new(), job, world)?.answering(answer, world)?.commit(self.store).await
    }

    /// Writes a job back. `job` is as it was read, with the changes made; on success its version
    /// is one higher, and anyone who read the old version can write no more. The same holds for
    /// what `event` replaces.
    pub async fn save_job(
        &self,
        job: &mut Job,
        event: JobEvent<'_>,
        world: &World,
    ) -> Result<(), StoreError> {
        self.save_job_with(Command::new(), job, event, world).await
    }

    /// The same, together with the writes of `command`.
    pub(crate) async fn save_job_with(
        &self,
        others: Command,
        job: &mut Job,
        event: JobEvent<'_>,
        world: &World,
    ) -> Result<(), StoreError> {
        let results = job.results;
        job.updated = world.now();
        job.results += event.writes.results();
        let further =
            |command: Command, job: &Job| self.with_event(command.with(others), job, (event, results), world);
        let done = self.replace(job, further).await;
        if done.is_err() {
            job.results = results;
        }
        done
    }

    /// Shows the new status of a mailbox job on its hire, without reading the hire first.
    pub(crate) fn showing(&self, command: Command, job: &Job) -> Command {
        let Some(hire) = shown_on(job) else { return command };
        let show = "SET #provisioning = :status, #version = #version + :one";
        let show = Action::update(&keys::hire(self.tenant(), hire), show);
        let show = show.name("#version", "version").name("#provisioning", "provisioning");
        let show = show.value(":status", text(job.status.name())).value(":one", number(1));
        command.and(show.when("attribute_exists(PK)"), Conflict::Stale)
    }

    /// Adds what else happens together with the write of a job that had `results` before.
    fn with_event(
        &self,
        mut command: Command,
        job: &Job,
        (event, results): (JobEvent<'_>, u32),
        world: &World,
    ) -> Result<Command, StoreError> {
        if let Some(from) = event.from {
            command = self.telling(command, job, (Some(from), event.action), world)?;
            command = self.pointing_out(command, job, Some(from))?;
            command = self.moving_by_job(command, job, from, world)?;
            match (from == JobStatus::Pending, job.status == JobStatus::Pending) {
                (true, false) => {
                    let marker = keys::pending(self.tenant(), job.id);
                    command = command.and(Action::delete(&marker), Conflict::Stale);
                }
                (false, true) => {
                    command = command.and(Action::put(pending_row(self.tenant(), job.id)), Conflict::Stale);
                }
                (true, true) | (false, false) => {}
            }
        }
        // Two writes of one row are not allowed in a transaction: a hire that is replaced shows the status itself.
        if event.from.is_some() && !event.writes.replaces_hire() {
            command = self.showing(command, job);
        }
        command = self.writing(command, job, (event.writes, results), world)?;
        command.answering(event.answer, world)
    }

    /// Adds a new pending job to a command.
    pub(crate) fn adding_job(
        &self,
        command: Command,
        job: &Job,
        world: &World,
    ) -> Result<Command, StoreError> {
        let command = command.and(self.making(job)?, Conflict::Exists);
        let command = match job.status {
            JobStatus::Pending => {
                command.and(Action::put(pending_row(self.tenant(), job.id)).if_new(), Conflict::Exists)
            }
            _ => command,
        };
        let command = self.telling(command, job, (None, "job.create"), world)?;
        self.pointing_out(command, job, None)
    }

    /// Adds the audit record and the event of a change of status.
    pub(crate) fn telling(
        &self,
        command: Command,
        job: &Job,
        (from, action): (Option<JobStatus>, &str),
        world: &World,
    ) -> Result<Command, StoreError> {
        let error = job.last_error.as_ref().map(|error| &error.code);
        let values = (
            json!({ "status": from }),
            json!({ "status": job.status, "attempt": job.attempt, "error": error }),
        );
        let record = AuditRecord::new(self.scope, action, job.id.to_string(), values, world);
        let record = match job.status {
            JobStatus::Failed | JobStatus::NeedsAttention => record.failed(),
            _ => record,
        };
        if from == Some(job.status) {
            return command.audited(self.scope, &record);
        }
        let (what, id) = job.subject.named();
        let detail = json!({ "tenant": self.tenant(), "job": job.id, what: id, "kind": job.kind });
        let event = OutboxEvent::new(format!("job.{}", job.status.name()), detail, world);
        command.audited(self.scope, &record)?.announcing(self.scope, &event)
    }
}

/// The hire that shows how the job stands.
pub(crate) fn shown_on(job: &Job) -> Option<vestibule_domain::HireId> {
    match job.subject {
        Subject::Hire(hire) if job.kind == JobKind::MAILBOX => Some(hire),
        _ => None,
    }
}

pub(crate) fn pending_row(tenant: TenantId, job: JobId) -> Row {
    let mut row = key_row(&keys::pending(tenant, job));
    row.insert("item".into(), text(Kind::Pending.name()));
    row
}

/// The job that a marker stands for.
pub(crate) fn pending_job(row: &Row) -> Option<JobId> {
    row.get("SK")?.as_s().ok()?.strip_prefix(keys::PENDING)?.parse().ok()
}
