//! Businesses: founding one, setting it up, its settings, its tier and its mail domain.

pub mod domain;
pub mod found_organization;
pub mod get_organization;
pub mod get_setup;
pub mod save_onboarding;
mod setup_body;
pub mod setup_view;
pub mod subscription;
pub mod update_organization;
pub mod view;
pub mod workspace;

use axum::extract::FromRef;
use vestibule_adapters::dns::Dns;
use vestibule_api::{Api, HttpFunction, Settings, Signer, limiting::limits, state::StartError};
use vestibule_domain::{Invalid, WebPage, World};
use vestibule_store::Limits;

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Organizations {
    /// The shared part.
    pub api: Api,
    /// Signs access tokens.
    pub signer: Signer,
    /// How many organizations somebody may found in a minute.
    pub limits: Limits,
    /// Looks for the records that prove domains.
    pub dns: Dns,
    /// Where new colleagues of a new organization go until it says otherwise: the site itself.
    pub site: WebPage,
}

vestibule_api::operations! {
    Organizations:
        found_organization::found_organization,
        get_organization::get_organization,
        update_organization::update_organization,
        get_setup::get_setup,
        save_onboarding::save_onboarding,
        workspace::get_workspace,
        workspace::update_workspace,
        subscription::get_subscription,
        subscription::change_subscription,
        domain::get_domain,
        domain::want_domain,
        domain::verify_domain,
}

impl HttpFunction for Organizations {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let failed = |invalid: Invalid| StartError::outside("the site", invalid);
        let (limits, site) = (limits(settings)?, WebPage::parse(settings.site()?).map_err(failed)?);
        let dns = Dns::open(settings.find("DNS_SERVER"));
        let dns = dns.map_err(|error| StartError::outside("the name servers", error))?;
        let signer = Signer::open(settings, &world).await?;
        Ok(Self { api: Api::open(settings, world).await?, signer, limits, dns, site })
    }
}
