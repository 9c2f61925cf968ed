//! Businesses: founding one, and its settings.

pub mod found_organization;
pub mod get_organization;
pub mod update_organization;
pub mod view;

use axum::extract::FromRef;
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
    /// Where new colleagues of a new organization go until it says otherwise: the site itself.
    pub site: WebPage,
}

vestibule_api::operations! {
    Organizations:
        found_organization::found_organization,
        get_organization::get_organization,
        update_organization::update_organization,
}

impl HttpFunction for Organizations {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let failed = |invalid: Invalid| StartError::outside("the site", invalid);
        let (limits, site) = (limits(settings)?, WebPage::parse(settings.site()?).map_err(failed)?);
        let signer = Signer::open(settings, &world).await?;
        Ok(Self { api: Api::open(settings, world).await?, signer, limits, site })
    }
}
