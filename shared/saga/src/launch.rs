//! Starting the workflow of a job: recorded first, started after, and safe to repeat because the
//! execution's name comes from the record.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use vestibule_adapters::workflows::{ExecutionStatus, WorkflowError, Workflows, execution_arn};
use vestibule_domain::{Job, JobKind, JobStatus, Mode, TenantId, World};
use vestibule_store::{Answer, JobEvent, StoreError, TenantStore};

/// The sweep looks at a running job after this time, and again after each further one.
const WATCH: SignedDuration = SignedDuration::from_secs(60);
/// A failed job is tried anew by the sweep at most so often.
const MAX_RETRIES: u32 = 3;

/// The state machines by kind of job.
#[derive(Debug, Clone)]
pub struct Machines {
    /// Makes mailboxes.
    pub mailbox: String,
    /// Sends new temporary passwords.
    pub credentials: String,
}

impl Machines {
    /// The machines that the settings name; `get` reads one setting.
    pub fn from_settings<'a, E>(get: impl Fn(&'static str) -> Result<&'a str, E>) -> Result<Self, E> {
        let mailbox = get("MAILBOX_STATE_MACHINE_ARN")?.to_owned();
        Ok(Self { mailbox, credentials: get("CREDENTIALS_STATE_MACHINE_ARN")?.to_owned() })
    }

    fn of(&self, kind: JobKind) -> &str {
        match kind {
            JobKind::Mailbox => &self.mailbox,
            JobKind::Credentials => &self.credentials,
        }
    }
}

/// A workflow that could not be started. The job's record stands; the sweep starts it later.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The record could not be written; nothing happened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record stands, the start does not.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
}

/// Marks a pending job as running, with `answer` kept for repeats. The workflow is not started
/// yet: call [`launch`] next.
pub async fn start_pending(
    store: TenantStore<'_>,
    job: &mut Job,
    answer: Option<Answer>,
    world: &World,
) -> Result<(), StoreError> {
    let from = job.status;
    run_anew(job, Mode::Do, world.now());
    store
        .save_job(
            job,
            JobEvent { from: Some(from), action: "job.start", answer, ..JobEvent::default() },
            world,
        )
        .await
}

/// Marks a job that ended without success as running again. What is left over is cleaned up
/// first; a mail that may be out allows only forward.
pub async fn again(
    store: TenantStore<'_>,
    job: &mut Job,
    answer: Option<Answer>,
    world: &World,
) -> Result<(), StoreError> {
    let from = job.status;
    let mode = if from == JobStatus::NeedsAttention { way_on(job) } else { Mode::Do };
    if from != JobStatus::NeedsAttention {
        job.steps.clear();
    }
    job.retries += 1;
    job.cancel_requested = false;
    run_anew(job, mode, world.now());
    store
        .save_job(
            job,
            JobEvent { from: Some(from), action: "job.retry", answer, ..JobEvent::default() },
            world,
        )
        .await
}

/// Which way a job that a person looked at goes on: forward when the mail may be out or nothing
/// is left behind, else back.
fn way_on(job: &mut Job) -> Mode {
    use vestibule_domain::StepStatus::{Failed, Pending, UndoFailed, Undone};
    let mailed =
        job.steps.get("issue_password").is_some_and(|mail| mail.intent.is_some() || mail.effect.is_some());
    if mailed {
        if let Some(mail) = job.steps.get_mut("issue_password").filter(|mail| mail.status == UndoFailed) {
            mail.status = Failed;
        }
        return Mode::Do;
    }
    let left = job.steps.values().any(|step| !matches!(step.status, Undone | Pending));
    if left {
        return Mode::Undo;
    }
    job.steps.clear();
    Mode::Do
}

/// Makes the job's record say that a run in this direction goes on; written by the caller, before
/// [`launch`].
pub fn run_anew(job: &mut Job, mode: Mode, now: Timestamp) {
    job.status = if mode == Mode::Do { JobStatus::Running } else { JobStatus::Compensating };
    job.mode = mode;
    job.attempt += 1;
    job.lease_until = None;
    job.due = now.checked_add(WATCH).ok();
}

/// Starts the workflow of a running job. Repeating it starts nothing twice.
pub async fn launch(
    workflows: &Workflows,
    machines: &Machines,
    tenant: TenantId,
    job: &Job,
) -> Result<(), WorkflowError> {
    let input = json!({ "tenant": tenant, "job": job.id, "attempt": job.attempt, "mode": job.mode });
    workflows.start(machines.of(job.kind), &job.execution_name(), &input.to_string()).await?;
    Ok(())
}

impl Machines {
    /// How the current run of a job stands; `None` when it was never started.
    pub async fn ask(
        &self,
        workflows: &Workflows,
        job: &Job,
    ) -> Result<Option<ExecutionStatus>, WorkflowError> {
        match execution_arn(self.of(job.kind), &job.execution_name()) {
            Some(arn) => workflows.describe(&arn).await,
            None => Ok(None),
        }
    }

    /// Deals with a running job whose time to be looked at has come: a run that was never
    /// started is started, one that still goes on is left alone, one that ended without closing
    /// the job is begun anew in the same direction.
    pub async fn recover(
        &self,
        workflows: &Workflows,
        store: TenantStore<'_>,
        (tenant, job): (TenantId, &mut Job),
        world: &World,
    ) -> Result<&'static str, LaunchError> {
        let told = match self.ask(workflows, job).await? {
            Some(ExecutionStatus::Running) => "watched",
            Some(_) => {
                job.attempt += 1;
                "restarted"
            }
            None => "started",
        };
        job.due = world.now().checked_add(WATCH).ok();
        store.save_job(job, JobEvent::default(), world).await?;
        if told != "watched" {
            launch(workflows, self, tenant, job).await?;
        }
        Ok(told)
    }
}

/// When the sweep tries a job again that just ended; `None` when it does not.
pub(crate) fn next_try(job: &Job, now: Timestamp) -> Option<Timestamp> {
    let worth = job.last_error.as_ref().is_some_and(|error| error.retryable);
    if job.status != JobStatus::Failed || !worth || job.retries >= MAX_RETRIES {
        return None;
    }
    now.checked_add(SignedDuration::from_mins(5 << job.retries)).ok()
}
