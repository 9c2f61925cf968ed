//! Cancelling a job whose row cannot be read: what can be read of it becomes the row, so that it can be seen
//! and retried again.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::json;
use vestibule_domain::{
    Hire, HireId, Job, JobError, JobId, JobKind, JobStatus, Mode, StepRecord, StepStatus, Subject, World,
};

use crate::{
    Answer, AuditRecord, Conflict, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::damaged::{behind, field},
    engine::entity::row_of,
    engine::item::{Row, text},
    engine::keys,
    work::jobs::shown_on,
};

/// The code of a job whose record could not be read.
const ROW_BROKEN: &str = "row_broken";
/// Pages of a megabyte that are searched for the hire of a job, so that the request ends in time.
const MOST_PAGES: usize = 8;

/// What could be read of a damaged job.
#[derive(Debug)]
pub struct Salvaged {
    /// The job as it will stand: cancelled; or being cancelled, where steps must be undone; or a person's, where it
    /// cannot be read what stands outside; or ended as it had ended. `None` when the row does not tell for whom it is: then only removing it is left.
    pub job: Option<Job>,
    id: JobId,
    row: Row,
}

/// The care that a damaged job gets from the sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetAside {
    /// It was found damaged for the first time.
    Now,
    /// It was known to be damaged.
    Before,
}

impl TenantStore<'_> {
    /// What can be read of a damaged job, changed as a cancel changes it. `None` when there is no such job, or
    /// when its row can be read after all.
    pub async fn salvage_job(&self, id: JobId, world: &World) -> Result<Option<Salvaged>, StoreError> {
        let Some(row) = self.store.get_row(&keys::job(self.tenant(), id)).await? else { return Ok(None) };
        if self.store.if_whole(self.store.read::<Job>(row.clone()))?.is_some() {
            return Ok(None);
        }
        let subject = field::<Subject>(&row, "subject");
        // Rows of a time when every job was for a hire.
        let subject = subject.or_else(|| field::<HireId>(&row, "hire").map(Subject::Hire));
        let for_whom = match subject.zip(field::<JobKind>(&row, "kind")) {
            Some(named) => Some(named),
            None => self.hire_of(id).await?.map(|hire| (hire.into(), JobKind::MAILBOX)),
        };
        let job = for_whom
            .map(|(subject, kind)| cancelled(&row, &Job { id, ..Job::new(kind, subject, world) }, world));
        Ok(Some(Salvaged { job, id, row }))
    }

    /// Puts what was salvaged in the place of the damaged row, with all that a cancel brings along. A conflict
    /// when somebody changed the row meanwhile.
    pub async fn replace_damaged_job(
        &self,
        salvaged: Salvaged,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let Salvaged { job, id, row } = salvaged;
        let (tenant, from) = (self.tenant(), field::<JobStatus>(&row, "status"));
        let marker = Action::delete(&keys::pending(tenant, id));
        let command = Command::new();
        let Some(job) = job else {
            let gone = Action::delete(&keys::job(tenant, id)).if_unchanged(&row);
            let record = AuditRecord::new(
                self.scope,
                "job.remove",
                id.to_string(),
                (json!({ "status": from }), json!(null)),
                world,
            );
            let command = command.and(gone, Conflict::Stale).and(marker, Conflict::Stale);
            return command.audited(self.scope, &record)?.answering(answer, world)?.commit(self.store).await;
        };
        let put = Action::put(row_of(tenant, &job)?).if_unchanged(&row);
        let command = command.and(put, Conflict::Stale).and(marker, Conflict::Stale);
        let command = self.telling(command, &job, (from, "job.cancel"), world)?;
        let command = self.showing_if_there(command, &job).await?;
        command.answering(answer, world)?.commit(self.store).await
    }

    /// Shows the status of a salvaged job on its hire, which may be gone or damaged itself.
    async fn showing_if_there(&self, command: Command, job: &Job) -> Result<Command, StoreError> {
        let Some(hire) = shown_on(job) else { return Ok(command) };
        let key = keys::hire(self.tenant(), hire);
        let Some(row) = self.store.get_row(&key).await? else { return Ok(command) };
        if self.store.if_whole(self.store.read::<Hire>(row))?.is_some() {
            return Ok(self.showing(command, job));
        }
        let show = Action::update(&key, "SET #provisioning = :status").name("#provisioning", "provisioning");
        let show = show.value(":status", text(job.status.name())).when("attribute_exists(PK)");
        Ok(command.and(show, Conflict::Stale))
    }

    /// The hire that names `job` as its mailbox job.
    async fn hire_of(&self, job: JobId) -> Result<Option<HireId>, StoreError> {
        let query = self.store.prefix_query(&keys::tenant_partition(self.tenant()), keys::HIRES);
        let query = query
            .filter_expression("mailbox_job = :job")
            .expression_attribute_values(":job", text(job.to_string()));
        let mut pages = query.into_paginator().send();
        for _ in 0..MOST_PAGES {
            let Some(page) = pages.next().await.transpose()? else { break };
            if let Some(row) = page.items.unwrap_or_default().first() {
                return Ok(behind(row, "SK", keys::HIRES).and_then(|id| id.parse().ok()));
            }
        }
        Ok(None)
    }

    /// Takes a damaged job out of the sweep's way until `until`: the row may be readable again by then. The
    /// first time an audit record is written.
    pub async fn set_job_aside(
        &self,
        id: JobId,
        until: Timestamp,
        world: &World,
    ) -> Result<SetAside, StoreError> {
        let key = keys::job(self.tenant(), id);
        let later = |set: &str, condition: &str| {
            let later = Action::update(&key, set).value(":later", text(keys::due_time(until)));
            later.when(condition)
        };
        let first = later(
            "SET GSI2SK = :later, damaged_since = :now",
            "attribute_exists(GSI2SK) AND attribute_not_exists(damaged_since)",
        );
        let first = first.value(":now", text(world.now().to_string()));
        let record =
            AuditRecord::new(self.scope, "job.damaged", id.to_string(), (json!(null), json!(null)), world);
        // It would stand before the pending ones that can be run.
        let marker = Action::delete(&keys::pending(self.tenant(), id));
        let command = Command::new().and(first, Conflict::Stale).and(marker, Conflict::Stale);
        let command = command.audited(self.scope, &record)?;
        match command.commit(self.store).await {
            Ok(()) => return Ok(SetAside::Now),
            Err(StoreError::Conflict(Conflict::Stale)) => {}
            Err(error) => return Err(error),
        }
        let again = later("SET GSI2SK = :later", "attribute_exists(GSI2SK)");
        match Command::new().and(again, Conflict::Stale).commit(self.store).await {
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(SetAside::Before),
            Err(error) => Err(error),
        }
    }
}

/// `new`, with what the row tells, cancelled.
fn cancelled(row: &Row, new: &Job, world: &World) -> Job {
    let now = world.now();
    let (steps, complete) = steps(row);
    let mut job = Job {
        mode: field(row, "mode").unwrap_or(Mode::Do),
        attempt: field(row, "attempt").unwrap_or_default(),
        retries: field(row, "retries").unwrap_or_default(),
        state: field(row, "state").unwrap_or_else(|| {
            Job::state_of_before(
                field::<Option<String>>(row, "local_part").flatten().as_deref(),
                &field::<Vec<String>>(row, "foreign").unwrap_or_default(),
            )
        }),
        results: field(row, "results").unwrap_or_default(),
        created: field(row, "created").unwrap_or(new.created),
        version: field::<u64>(row, "version").unwrap_or_default() + 1,
        updated: now,
        due: None,
        last_error: field(row, "last_error").flatten(),
        steps,
        ..new.clone()
    };
    let status = field::<JobStatus>(row, "status");
    let left = |step: &StepRecord| !matches!(step.status, StepStatus::Pending | StepStatus::Undone);
    let ran = job.steps.values().any(left);
    job.status = match status {
        Some(ended @ (JobStatus::Succeeded | JobStatus::NeedsAttention | JobStatus::Cancelled)) => ended,
        Some(running @ (JobStatus::Running | JobStatus::Compensating)) if complete && job.attempt > 0 => {
            running
        }
        Some(JobStatus::Pending | JobStatus::Failed) if !ran => JobStatus::Cancelled,
        None if complete && !ran => JobStatus::Cancelled,
        // Something may stand outside, and the row does not tell what, or under which attempt.
        _ => JobStatus::NeedsAttention,
    };
    if job.status == JobStatus::NeedsAttention && status != Some(job.status) {
        // The alarm for people reads this line.
        tracing::error!(job = %job.id, code = ROW_BROKEN, "needs_attention");
    }
    if !job.status.is_final() {
        // The sweep finds that the workflow has ended, and begins it anew: it goes back.
        (job.cancel_requested, job.due) = (true, Some(now));
    }
    if Some(job.status) != status || !job.status.is_final() {
        let (code, step) = (ROW_BROKEN.to_owned(), String::new());
        job.last_error = Some(JobError { code, step, at: now, retryable: false });
    }
    job
}

/// The steps that can be read, and whether these are all.
fn steps(row: &Row) -> (BTreeMap<String, StepRecord>, bool) {
    let Some(AttributeValue::M(all)) = row.get("steps") else { return (BTreeMap::new(), false) };
    let readable: BTreeMap<_, _> =
        all.keys().filter_map(|name| Some((name.clone(), field(all, name)?))).collect();
    let complete = readable.len() == all.len();
    (readable, complete)
}

impl TenantStore<'_> {
    /// Removes a hire whose row cannot be read, with an audit record.
    pub async fn remove_damaged_hire(
        &self,
        id: HireId,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<Removal, StoreError> {
        let key = keys::hire(self.tenant(), id);
        let Some(row) = self.store.get_row(&key).await? else { return Ok(Removal::Missing) };
        if self.store.if_whole(self.store.read::<Hire>(row.clone()))?.is_some() {
            return Ok(Removal::Whole);
        }
        let job = field::<Option<JobId>>(&row, "mailbox_job").flatten();
        if let Some(job) = job {
            let open = match self.store.if_whole(self.find::<Job>(job).await)? {
                Some(found) => found.is_some_and(|job| !job.status.is_final()),
                None => true,
            };
            if open {
                return Ok(Removal::JobOpen);
            }
        }
        let mailbox = field::<Option<String>>(&row, "mailbox").flatten();
        let values = (json!({ "job": job, "mailbox": mailbox }), json!(null));
        let record = AuditRecord::new(self.scope, "hire.remove", id.to_string(), values, world);
        let gone = Action::delete(&key).if_unchanged(&row);
        let command = Command::new().and(gone, Conflict::Stale).audited(self.scope, &record)?;
        command.answering(answer, world)?.commit(self.store).await?;
        Ok(Removal::Removed)
    }
}

/// What became of a wish to remove a hire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Removed,
    /// There is none.
    Missing,
    /// Its row can be read: it stays.
    Whole,
    /// Its job has not ended, or is damaged itself.
    JobOpen,
}
