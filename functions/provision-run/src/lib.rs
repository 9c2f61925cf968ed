//! Jobs, for staff: run the oldest, see the steps, retry, cancel.

pub mod cancel_job;
pub mod get_job;
pub mod job_query;
pub mod list_jobs;
pub mod retry_job;
pub mod run_job;
pub mod view;

use std::sync::Arc;

use axum::extract::FromRef;
use vestibule_adapters::workflows::Workflows;
use vestibule_api::{Api, HttpFunction, Settings, state::StartError};
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, World};
use vestibule_saga::{Machines, launch};

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Jobs {
    /// The shared part.
    pub api: Api,
    /// Starts workflows.
    pub workflows: Workflows,
    /// Which state machines.
    pub machines: Arc<Machines>,
}

impl Jobs {
    /// Starts the workflow of a job whose record says that it runs. A failure is not the
    /// caller's: the record stands, and the sweep starts what was not started.
    pub(crate) async fn launch(&self, scope: &TenantScope, job: &Job) {
        if let Err(error) = launch(&self.workflows, &self.machines, scope.tenant(), job).await {
            tracing::warn!(%error, job = %job.id, "the workflow was not started; the sweep will");
        }
    }
}

vestibule_api::operations! {
    Jobs:
        run_job::run_job,
        list_jobs::list_jobs,
        get_job::get_job,
        retry_job::retry_job,
        cancel_job::cancel_job,
}

impl HttpFunction for Jobs {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let workflows = Workflows::new(&settings.aws("SFN")?);
        let machines = Machines::from_settings(|name| settings.get(name))?;
        Ok(Self { api: Api::open(settings, world).await?, workflows, machines: Arc::new(machines) })
    }
}
