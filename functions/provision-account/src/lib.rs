//! Accounts, for the platform's general administrators: giving somebody one, looking after them, and the jobs that make them.

pub mod account_view;
pub mod change_state;
pub mod job_care;
pub mod job_view;
pub mod list_accounts;
pub mod list_jobs;
pub mod list_organizations;
pub mod provision_account;
pub mod send_mail;
pub mod update_subscription;
pub mod which;

use std::sync::Arc;

use axum::extract::FromRef;
use vestibule_adapters::workflows::Workflows;
use vestibule_api::{Api, HttpFunction, Settings, limiting::limits, state::StartError};
use vestibule_domain::{Job, TenantId, World};
use vestibule_saga::{Machines, launch};
use vestibule_store::Limits;

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Provisioning {
    /// The shared part.
    pub api: Api,
    /// Starts workflows.
    pub workflows: Workflows,
    /// Which state machines.
    pub machines: Arc<Machines>,
    /// How many mails an address gets in a minute.
    pub limits: Limits,
}

impl Provisioning {
    /// Starts the workflow of a job whose record says that it runs. A failure is not the caller's: the record stands, and the
    /// sweep starts what was not started.
    pub(crate) async fn launch(&self, tenant: TenantId, job: &Job) {
        if let Err(error) = launch(&self.workflows, &self.machines, tenant, job).await {
            tracing::warn!(%error, job = %job.id, "the workflow was not started; the sweep will");
        }
    }
}

vestibule_api::operations! {
    Provisioning:
        provision_account::provision_account,
        list_jobs::list_platform_jobs,
        list_jobs::get_platform_job,
        job_care::retry_platform_job,
        job_care::cancel_platform_job,
        list_organizations::list_organizations,
        list_accounts::list_accounts,
        list_accounts::get_account,
        send_mail::resend_account_invitation,
        send_mail::send_password_reset,
        update_subscription::update_account_subscription,
        change_state::suspend_account,
        change_state::restore_account,
        change_state::remove_account,
}

impl HttpFunction for Provisioning {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let workflows = Workflows::new(&settings.aws("SFN")?);
        let machines = Arc::new(Machines::from_settings(|name| settings.get(name))?);
        let limits = limits(settings)?;
        Ok(Self { api: Api::open(settings, world).await?, workflows, machines, limits })
    }
}
