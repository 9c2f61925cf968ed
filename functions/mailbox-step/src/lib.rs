//! The tasks of the mailbox, credentials and offboarding state machines: each invocation does or undoes one
//! step of one job. Ids come in, nothing but what comes next or an error name goes out.

pub mod credentials_saga;
mod leaver;
mod link;
pub mod mailbox_saga;
mod mailing;
pub mod offboarding_saga;
mod provider;
mod subject;
mod tools;

use serde_json::Value;
use vestibule_adapters::mail::templates::Templates;
use vestibule_api::{
    EventFunction, FunctionError, Settings,
    mailboxes::Providers,
    state::{StartError, mailer, open_store},
};
use vestibule_domain::World;
use vestibule_saga::{Failure, Next, Task, perform};
use vestibule_sagas::{CredentialsStep, MailboxStep, OffboardingStep};

pub use credentials_saga::CredentialsSaga;
pub use mailbox_saga::MailboxSaga;
pub use offboarding_saga::OffboardingSaga;
pub use provider::FOR_THE_PROVIDERS_ADMIN;
pub use tools::Tools;

impl EventFunction for Tools {
    type Event = Task;

    /// The state machine ends: another try would read the same.
    const MALFORMED: &'static str = "Permanent";

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let config = settings.aws("SESV2")?;
        let mailer = mailer(settings, &config)?;
        Ok(Self {
            store: open_store(settings, &world).await?,
            world,
            mailer,
            templates: Templates::new().map_err(|e| StartError::outside("mail templates", e))?,
            providers: Providers::open(settings)?,
            site: settings.site()?.to_owned(),
        })
    }

    /// Performs a task. Errors are named `Retry`, `Permanent` or `Rejected`, as the state machines have them; the message is a
    /// stable code.
    async fn handle(&self, task: Task) -> Result<Value, FunctionError> {
        let done = run(self, &task).await;
        let error = done.as_ref().err().map(Failure::to_string);
        tracing::info!(job = %task.job, step = task.step, action = ?task.action, error, "task");
        done.map(Next::told).map_err(|failure| FunctionError {
            name: failure.name().to_owned(),
            message: failure.to_string(),
        })
    }
}

async fn run(tools: &Tools, task: &Task) -> Result<Next, Failure> {
    let (store, world): (_, &World) = (&tools.store, &tools.world);
    match task.saga.as_str() {
        saga if saga == MailboxStep::DEFINITION.saga => {
            perform(&MailboxSaga::new(tools), store, world, task).await
        }
        saga if saga == CredentialsStep::DEFINITION.saga => {
            perform(&CredentialsSaga::new(tools), store, world, task).await
        }
        saga if saga == OffboardingStep::DEFINITION.saga => {
            perform(&OffboardingSaga::new(tools), store, world, task).await
        }
        _ => Err(Failure::permanent("saga_unknown")),
    }
}
