//! The whole stack: everything the template names, started in order on loopback and stopped again.

mod options;
mod plan;
mod wiring;

use std::fs::File;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use axum::Router;
use axum::middleware::from_fn_with_state;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use vestibule_domain::World;
use vestibule_models::{Cloud, CloudOptions};
use vestibule_store::Store;

pub use options::{FirstData, Hosts, RoleCheck, StackOptions};
pub use plan::ISSUER;

use crate::guard::{Guard, names, names_and_origins, names_and_pages};
use crate::lambda::{Functions, InvokeError};
use crate::roles::{self, Roles};
use crate::sample::Sample;
use crate::template::Template;
use plan::Plan;

/// How long running requests may take to end when the stack stops.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// A running stack. Dropping it ends it at once; [`Stack::stop`] lets running requests end first.
pub struct Stack {
    plan: Plan,
    cloud: Cloud,
    functions: Functions,
    sample: Sample,
    store: Store,
    world: World,
    url: String,
    stop: watch::Sender<bool>,
    servers: JoinSet<()>,
    workers: JoinSet<()>,
    _lock: Option<File>,
}

/// The API as it answers to those who may speak to it.
fn guarded(router: Router, site: &str, options: &StackOptions) -> Router {
    let guard = Guard::for_site(site);
    match options.hosts {
        _ if options.debug_bypass => router.layer(from_fn_with_state(guard, names_and_origins)),
        Hosts::Own => router.layer(from_fn_with_state(guard, names)),
        Hosts::Any => router,
    }
}

impl Stack {
    /// Starts everything; when this returns, the stack answers.
    ///
    /// # Errors
    /// The data directory is in use or cannot be written, the port is taken, the template asks for
    /// something unsupported, or a function does not start. The message says which.
    pub async fn start(options: StackOptions) -> Result<Self> {
        let data_dir = options.data_dir.as_deref();
        let lock = data_dir.map(lock).transpose()?;
        let (stop, stopped) = watch::channel(false);
        let gateway = wiring::listen(options.port).await?;
        let url = format!("http://{}", gateway.local_addr()?);
        let aws = wiring::listen(0).await?;
        let aws_url = format!("http://{}", aws.local_addr()?);
        let mut servers = JoinSet::new();
        let dynamodb_url = wiring::dynamodb(&options, &mut servers, stopped.clone()).await?;
        let mut plan = Plan::new(&options, &url, aws_url, dynamodb_url)?;
        let clock = wiring::clock(&options);
        let around = &plan.around;
        let cloud_options =
            CloudOptions { region: around.region.clone(), account_id: around.account_id.clone(), clock };
        let cloud = Cloud::open(data_dir, cloud_options).context("the models of AWS cannot be opened")?;
        let functions = Functions::new(options.pace);
        wiring::names(&mut plan, &cloud, &mut servers, stopped.clone()).await?;

        wiring::tables(&plan, &options).await?;
        wiring::cloud(&plan, &cloud)?;
        wiring::oidc_providers(&plan, &cloud, &options)?;
        let mut models = cloud.router().merge(crate::invoke_api::router(functions.clone()));
        if let RoleCheck::On(log) = &options.roles {
            let roles = Roles::new(&plan.template, &plan.around, log.clone());
            models = models.layer(from_fn_with_state(roles.clone(), roles::check));
            plan.checked_url =
                Some(wiring::checked(&plan.dynamodb_url, roles, &mut servers, stopped.clone()).await?);
        }
        // Everything of this port is for programs that know it: it gives out secrets.
        let router = models.layer(from_fn_with_state(Guard::at(aws.local_addr()?.port()), names_and_pages));
        servers.spawn(wiring::serve(aws, router, stopped.clone()));
        let (sample, store) = wiring::sample(&mut plan, &cloud, &options).await?;
        wiring::functions(&plan, &functions, &options).await?;
        let mut workers = JoinSet::new();
        wiring::workflows(&cloud, &functions, options.pace)?;
        wiring::events(&cloud, &functions)?;
        wiring::workers(&plan, &functions, &options, &mut workers)?;
        let people =
            crate::pages::people::router(sample.clone(), store.clone(), options.world.clone(), url.clone());
        let router = wiring::front(&plan, &cloud, &functions, &sample, &options)?;
        let router = guarded(router, &plan.environment("SITE_URL")?, &options);
        let router = router.merge(people);
        servers.spawn(wiring::serve(gateway, router, stopped));
        Ok(Self {
            plan,
            cloud,
            functions,
            sample,
            store,
            world: options.world,
            url,
            stop,
            servers,
            workers,
            _lock: lock,
        })
    }

    /// Root of the HTTP API, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Endpoint of the AWS models and of the Lambda API.
    pub fn aws_url(&self) -> &str {
        &self.plan.aws_url
    }

    /// Endpoint of `DynamoDB`.
    pub fn dynamodb_url(&self) -> &str {
        &self.plan.dynamodb_url
    }

    /// Physical name of the first table.
    pub fn table_name(&self) -> &str {
        self.plan.template.tables.first().map_or("", |table| table.name.as_str())
    }

    /// The models of AWS, for looking inside and for faults.
    pub fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// The template as it was read.
    pub fn template(&self) -> &Template {
        &self.plan.template
    }

    /// The sample tenant with its people and keys.
    pub fn sample(&self) -> &Sample {
        &self.sample
    }

    /// The table as the functions see it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The clock and the randomness of functions and models.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Settings of the function, as it was started with them.
    pub fn settings(&self, function: &str) -> Option<std::collections::BTreeMap<String, String>> {
        self.plan.template.function(function).map(|function| self.plan.settings(function))
    }

    /// Settings of the stack itself, which is held to no role.
    pub fn own_settings(&self) -> std::collections::BTreeMap<String, String> {
        self.plan.service_settings()
    }

    /// Calls a function by name, physical name or ARN.
    pub async fn invoke(&self, name: &str, payload: Value) -> Result<Value, InvokeError> {
        self.functions.invoke(name, payload).await
    }

    /// Lets running requests end, then stops everything. What was going on resumes at the next start.
    pub async fn stop(mut self) {
        self.workers.shutdown().await;
        self.stop.send_replace(true);
        let ending = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_REQUESTS, ending).await.is_err() {
            tracing::info!("some connections were still open");
        }
        self.servers.shutdown().await;
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.functions.freeze();
        self.stop.send_replace(true);
        // The sink holds the models, and the models hold the sink.
        self.cloud.events().on_match(Arc::new(|_| {}));
    }
}

fn lock(data_dir: &Path) -> Result<File> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .with_context(|| format!("the data directory {} cannot be made", data_dir.display()))?;
    let path = data_dir.join("lock");
    let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            bail!(
                "another stack uses the data directory {}; stop it, or choose another with --data-dir",
                data_dir.display()
            )
        }
        Err(std::fs::TryLockError::Error(error)) => {
            Err(anyhow!(error).context(format!("{} cannot be locked", path.display())))
        }
    }
}
