//! Jobs, for staff: run the oldest, see the steps, retry, cancel.

pub mod cancel_job;
pub mod get_job;
pub mod list_jobs;
pub mod retry_job;
pub mod run_job;
pub mod view;

use std::sync::Arc;

use axum::{Router, extract::FromRef};
use vestibule_adapters::workflows::Workflows;
use vestibule_api::{Api, Settings, finish, state::StartError};
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, World};
use vestibule_saga::{Machines, launch};

/// What the operations work with.
#[derive(Debug, Clone)]
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

impl FromRef<Jobs> for Api {
    fn from_ref(state: &Jobs) -> Self {
        state.api.clone()
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

/// The function, ready to serve.
pub async fn app(settings: &Settings, world: World) -> Result<Router, StartError> {
    let config = settings.aws("SFN")?;
    let machines = Machines::from_settings(|name| settings.get(name))?;
    let api = Api::open(settings, world).await?;
    let show_cost = api.show_cost;
    let state = Jobs { api, workflows: Workflows::new(&config), machines: Arc::new(machines) };
    Ok(finish(router().with_state(state), show_cost))
}
