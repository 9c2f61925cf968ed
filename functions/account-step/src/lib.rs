//! The tasks of the account state machine: each invocation does or undoes one step of one job. Ids come in, nothing but what
//! comes next or an error name goes out.

mod account_saga;
mod inviting;

use serde_json::Value;
use vestibule_adapters::mail::{Mailer, templates::Templates};
use vestibule_api::{
    EventFunction, FunctionError, Settings,
    state::{StartError, mailer, open_store},
};
use vestibule_domain::World;
use vestibule_saga::{Failure, Next, Task, perform};
use vestibule_store::Store;

pub use account_saga::AccountSaga;

/// What the steps work with.
#[derive(Debug)]
pub struct Accounts {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// Sends mail.
    pub mailer: Mailer,
    /// The mails' texts.
    pub templates: Templates,
    /// The deployment's own origin, without a slash behind it; links lead there.
    pub site: String,
    /// What the mails call this deployment.
    pub product: String,
}

impl EventFunction for Accounts {
    type Event = Task;

    /// The state machine ends: another try would read the same.
    const MALFORMED: &'static str = "Permanent";

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let (site, product) = (settings.site()?.to_owned(), settings.product()?.to_owned());
        Ok(Self {
            store: open_store(settings, &world).await?,
            world,
            mailer: mailer(settings, &settings.aws("SESV2")?)?,
            templates: Templates::new().map_err(|e| StartError::outside("mail templates", e))?,
            site,
            product,
        })
    }

    /// Performs a task. Errors have the names that the state machine knows; the message is a stable code.
    async fn handle(&self, task: Task) -> Result<Value, FunctionError> {
        let done = perform(&AccountSaga::new(self), &self.store, &self.world, &task).await;
        let error = done.as_ref().err().map(Failure::to_string);
        tracing::info!(job = %task.job, step = task.step, action = ?task.action, error, "task");
        done.map(Next::told).map_err(|failure| FunctionError {
            name: failure.name().to_owned(),
            message: failure.to_string(),
        })
    }
}
