//! The state machines of the sagas, found by the kind of a job; and what becomes of a run that ended early.

use vestibule_adapters::workflows::{ExecutionStatus, WorkflowError, Workflows, execution_arn};
use vestibule_domain::{Job, JobKind, TenantId, World};
use vestibule_store::{JobEvent, TenantStore};

use crate::launch::{LaunchError, WATCH, launch};

/// Where the state machines are: each is named by this prefix and its saga.
#[derive(Debug, Clone)]
pub struct Machines {
    prefix: String,
}

impl Machines {
    /// The machines that the setting names; `get` reads one setting.
    ///
    /// # Errors
    /// As `get`.
    pub fn from_settings<'a, E>(get: impl Fn(&'static str) -> Result<&'a str, E>) -> Result<Self, E> {
        Ok(Self { prefix: get("STATE_MACHINE_PREFIX")?.to_owned() })
    }

    /// The ARN of the machine for jobs of this kind.
    pub fn arn(&self, kind: &JobKind) -> String {
        format!("{}{}", self.prefix, kind.as_str())
    }

    /// How the current run of a job stands; `None` when it was never started.
    pub async fn ask(
        &self,
        workflows: &Workflows,
        job: &Job,
    ) -> Result<Option<ExecutionStatus>, WorkflowError> {
        match execution_arn(&self.arn(&job.kind), &job.execution_name()) {
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
