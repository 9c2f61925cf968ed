//! The models together: opened on a data directory, served by one router.

use std::{fmt, fs, path::Path, sync::Arc};

use axum::{Router, routing::get};
use jiff::Timestamp;

use crate::{
    calls::{Call, Calls},
    dispatch::{self, Operations},
    dns::NameServer,
    error::CloudError,
    events::EventBus,
    faults::{self, Faults},
    google_workspace::GoogleWorkspace,
    mailer::Mailer,
    microsoft_graph::MicrosoftGraph,
    s3::S3,
    secrets::Secrets,
    step_functions::StepFunctions,
    storage::Storage,
    work_mail::WorkMail,
};

/// Where the models take the time from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The machine's clock.
#[expect(clippy::disallowed_methods, reason = "the one seam through which the models read the clock")]
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// The account the models stand for.
#[derive(Clone)]
pub struct CloudOptions {
    /// The region in ARNs and event envelopes.
    pub region: String,
    /// The twelve-digit account number in ARNs and event envelopes.
    pub account_id: String,
    /// The time of every record and answer.
    pub clock: Clock,
}

impl Default for CloudOptions {
    fn default() -> Self {
        Self { region: "eu-west-1".to_owned(), account_id: "000000000000".to_owned(), clock: system_clock() }
    }
}

impl fmt::Debug for CloudOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudOptions")
            .field("region", &self.region)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

struct Parts {
    options: Arc<CloudOptions>,
    calls: Arc<Calls>,
    faults: Arc<Faults>,
    work_mail: WorkMail,
    google_workspace: GoogleWorkspace,
    microsoft_graph: MicrosoftGraph,
    mailer: Mailer,
    s3: S3,
    secrets: Secrets,
    events: EventBus,
    step_functions: StepFunctions,
    dns: NameServer,
}

/// The modelled services of one account and region; clones share them.
#[derive(Clone)]
pub struct Cloud(Arc<Parts>);

impl Cloud {
    /// Opens the models on the files in `data_dir` (made when missing), or in memory.
    ///
    /// `cloud.db` holds the services' state, `secrets.db` the secrets, `s3.db` the buckets with their objects, and `mail.db` the sent
    /// mails with their bodies: it stands for the recipients' inboxes, outside the system. All are readable by their owner only.
    pub fn open(data_dir: Option<&Path>, options: CloudOptions) -> Result<Self, CloudError> {
        if let Some(directory) = data_dir {
            fs::create_dir_all(directory).map_err(CloudError::DataDirectory)?;
        }
        let state = Storage::open(data_dir, "cloud.db")?;
        let options = Arc::new(options);
        let events = EventBus::new(state.clone(), Arc::clone(&options));
        Ok(Self(Arc::new(Parts {
            dns: NameServer::default(),
            calls: Arc::default(),
            faults: Arc::default(),
            work_mail: WorkMail::new(state.clone(), Arc::clone(&options)),
            google_workspace: GoogleWorkspace::new(state.clone(), Arc::clone(&options)),
            microsoft_graph: MicrosoftGraph::new(state.clone(), Arc::clone(&options)),
            mailer: Mailer::new(Storage::open(data_dir, "mail.db")?, events.clone(), Arc::clone(&options)),
            s3: S3::new(Storage::open(data_dir, "s3.db")?, Arc::clone(&options)),
            secrets: Secrets::new(Storage::open(data_dir, "secrets.db")?, Arc::clone(&options)),
            events,
            step_functions: StepFunctions::new(state, Arc::clone(&options)),
            options,
        })))
    }

    /// One router for all services, told apart by path, `X-Amz-Target` or signature, and `/_faults`.
    pub fn router(&self) -> Router {
        let fault_routes = get(faults::get_faults).put(faults::put_faults).delete(faults::delete_faults);
        let operations = Operations {
            calls: Arc::clone(&self.0.calls),
            faults: Arc::clone(&self.0.faults),
            cloud: self.clone(),
        };
        Router::new()
            .route("/_faults", fault_routes)
            .with_state(Arc::clone(&self.0.faults))
            .fallback_service(axum::routing::any(dispatch::dispatch).with_state(operations))
    }

    /// The faults planted in front of the services.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The name server.
    pub fn dns(&self) -> &NameServer {
        &self.0.dns
    }

    /// Amazon `WorkMail`.
    pub fn work_mail(&self) -> &WorkMail {
        &self.0.work_mail
    }

    /// Google Workspace.
    pub fn google_workspace(&self) -> &GoogleWorkspace {
        &self.0.google_workspace
    }

    /// Microsoft 365.
    pub fn microsoft_graph(&self) -> &MicrosoftGraph {
        &self.0.microsoft_graph
    }

    /// Amazon SES and the mails it took.
    pub fn mailer(&self) -> &Mailer {
        &self.0.mailer
    }

    /// Amazon S3.
    pub fn s3(&self) -> &S3 {
        &self.0.s3
    }

    /// AWS Secrets Manager.
    pub fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// Amazon `EventBridge`.
    pub fn events(&self) -> &EventBus {
        &self.0.events
    }

    /// AWS Step Functions.
    pub fn step_functions(&self) -> &StepFunctions {
        &self.0.step_functions
    }

    /// The calls received since the models were opened, oldest first (the latest 100,000).
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls.list()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0.options.clock)()
    }
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud").finish_non_exhaustive()
    }
}
