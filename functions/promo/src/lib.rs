//! Sign-ups of a promotion: strangers leave theirs, and the platform's promo administrators have accounts be made of them.

pub mod create_account;
pub mod list_signups;
pub mod sign_up;
pub mod sign_up_page;
pub mod signup_file;
pub mod signup_query;
pub mod signup_view;

use std::sync::Arc;

use axum::extract::FromRef;
use vestibule_adapters::{bot_check::BotCheck, workflows::Workflows};
use vestibule_api::{
    Api, HttpFunction, SettingError, Settings, bots::bot_check, limiting::limits, state::StartError,
};
use vestibule_domain::{Job, RoleName, TenantId, World};
use vestibule_pages::{BotWidget, Pages};
use vestibule_saga::{Machines, launch};
use vestibule_store::Limits;

/// Where the accounts of the promotion belong; what is missing was not set.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The organization.
    pub tenant: Option<TenantId>,
    /// The role there.
    pub role: Option<RoleName>,
}

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Promo {
    /// The shared part.
    pub api: Api,
    /// Starts workflows.
    pub workflows: Workflows,
    /// Which state machines.
    pub machines: Arc<Machines>,
    /// How many sign-ups a source and an address may send in a minute.
    pub limits: Limits,
    /// Tells people from programs.
    pub bots: Arc<BotCheck>,
    /// The page for browsers.
    pub pages: Arc<Pages>,
    /// Where the accounts belong.
    pub offer: Arc<Offer>,
}

impl Promo {
    /// Starts the workflow of a job whose record says that it runs. A failure is not the caller's: the record stands, and the
    /// sweep starts what was not started.
    pub(crate) async fn launch(&self, tenant: TenantId, job: &Job) {
        if let Err(error) = launch(&self.workflows, &self.machines, tenant, job).await {
            tracing::warn!(%error, job = %job.id, "the workflow was not started; the sweep will");
        }
    }
}

vestibule_api::operations! {
    Promo:
        sign_up::sign_up_for_promo,
        sign_up_page::show_promo,
        sign_up_page::post_promo,
        list_signups::list_promo_signups,
        create_account::create_promo_account,
}

impl HttpFunction for Promo {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let widget = BotWidget::from_settings(settings);
        let pages = Pages::new(settings.product()?, settings.site()?, widget);
        Ok(Self {
            pages: Arc::new(pages.map_err(|error| StartError::outside("the pages", error))?),
            workflows: Workflows::new(&settings.aws("SFN")?),
            machines: Arc::new(Machines::from_settings(|name| settings.get(name))?),
            limits: limits(settings)?,
            bots: Arc::new(bot_check(settings, &world).await?),
            offer: Arc::new(offer(settings)?),
            api: Box::pin(Api::open(settings, world)).await?,
        })
    }
}

fn offer(settings: &Settings) -> Result<Offer, SettingError> {
    let tenant = settings.find("PROMO_TENANT").map(str::parse).transpose();
    let tenant =
        tenant.map_err(|_| SettingError::new("PROMO_TENANT", "is no id of an organization, ten_.."))?;
    let role = settings.find("PROMO_ROLE").map(RoleName::parse).transpose();
    let role = role.map_err(|_| SettingError::new("PROMO_ROLE", "is no name of a role"))?;
    Ok(Offer { tenant, role })
}
