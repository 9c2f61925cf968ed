//! Starts what waits, recovers what got stuck, tries again what failed. Runs on a schedule, and
//! on each `job.pending` event so that nobody waits for the schedule.

mod care;
mod sweep;

use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_adapters::workflows::Workflows;
use vestibule_api::{
    EventFunction, FunctionError, Settings,
    state::{StartError, open_store},
};
use vestibule_domain::{JobId, TenantId, World};
use vestibule_saga::{LaunchError, Machines};
use vestibule_store::{DueJob, Store};

/// What the sweep works with.
#[derive(Debug)]
pub struct Sweep {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// Starts and asks workflows.
    pub workflows: Workflows,
    /// Which state machines.
    pub machines: Machines,
}

/// The parts of an event that matter: a schedule's has no job in its detail.
#[derive(Debug, Deserialize)]
pub struct Event {
    #[serde(default)]
    detail: Detail,
}

#[derive(Debug, Deserialize, Default)]
struct Detail {
    tenant: Option<TenantId>,
    job: Option<JobId>,
}

impl EventFunction for Sweep {
    type Event = Event;

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let workflows = Workflows::new(&settings.aws("SFN")?);
        let machines = Machines::from_settings(|name| settings.get(name))?;
        Ok(Self { store: open_store(settings, &world).await?, world, workflows, machines })
    }

    /// Handles a schedule's event or a `job.pending` event; answers with counts of what was done.
    async fn handle(&self, Event { detail }: Event) -> Result<Value, FunctionError> {
        let done = match (detail.tenant, detail.job) {
            (Some(tenant), Some(job)) => self.one(DueJob { tenant, job }).await,
            _ => self.all().await,
        };
        let failed =
            |error: LaunchError| FunctionError { name: "SweepFailed".into(), message: error.to_string() };
        done.map(|tally| json!(tally)).map_err(failed)
    }
}
