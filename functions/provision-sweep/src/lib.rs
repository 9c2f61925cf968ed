//! Starts what waits, recovers what got stuck, tries again what failed. Runs on a schedule, and
//! on each `job.pending` event so that nobody waits for the schedule.

mod care;
mod sweep;

use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_adapters::workflows::Workflows;
use vestibule_api::{
    FunctionError, Settings,
    state::{StartError, open_store},
};
use vestibule_domain::{JobId, TenantId, World};
use vestibule_saga::Machines;
use vestibule_store::{Cost, DueJob, Store, metered};

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

impl Sweep {
    /// Opens the clients that the settings name.
    pub async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let config = settings.aws("SFN")?;
        let machines = Machines::from_settings(|name| settings.get(name))?;
        let store = open_store(settings, &world).await?;
        Ok(Self { store, world, workflows: Workflows::new(&config), machines })
    }
}

/// The parts of an event that matter: a schedule's has no job in its detail.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    detail: Detail,
}

#[derive(Deserialize, Default)]
struct Detail {
    tenant: Option<TenantId>,
    job: Option<JobId>,
}

/// Handles a schedule's event or a `job.pending` event; answers with counts of what was done.
pub async fn handle(sweep: &Sweep, event: Value) -> Result<Value, FunctionError> {
    let event: Event = serde_json::from_value(event)
        .map_err(|error| FunctionError { name: "Malformed".into(), message: error.to_string() })?;
    let (done, cost) = metered(Box::pin(async {
        match (event.detail.tenant, event.detail.job) {
            (Some(tenant), Some(job)) => sweep.one(DueJob { tenant, job }).await,
            _ => sweep.all().await,
        }
    }))
    .await;
    let tally =
        done.map_err(|error| FunctionError { name: "SweepFailed".into(), message: error.to_string() })?;
    let Cost { round_trips, read_units, write_units, .. } = cost;
    tracing::info!(?tally, round_trips, read_units, write_units, "sweep");
    Ok(json!(tally))
}
