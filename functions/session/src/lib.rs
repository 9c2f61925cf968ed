//! Staying signed in: refresh, logout, who am I, sessions, and the tenant a person works in.

pub mod avatar;
pub mod change_default;
pub mod end_session;
pub mod get_context;
pub mod get_me;
pub mod leave_tenant;
pub mod list_sessions;
pub mod list_tenants;
pub mod logout;
pub mod notifications;
pub mod picture;
pub mod refresh;
pub mod sign_out_page;
pub mod switch_context;
pub mod update_me;

use std::sync::Arc;

use axum::{Router, extract::FromRef};
use vestibule_api::{
    Api, HttpFunction, Operations, Settings, Signer, site::for_own_pages, state::StartError,
};
use vestibule_domain::World;
use vestibule_pages::Pages;

use picture::Studio;

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Sessions {
    /// The shared part.
    pub api: Api,
    /// Signs access tokens.
    pub signer: Signer,
    /// Makes the pictures that are kept.
    pub studio: Studio,
    /// The site's own origin.
    pub site: Arc<str>,
    /// The pages for browsers.
    pub pages: Arc<Pages>,
}

vestibule_api::operations! {
    Sessions:
        refresh::refresh,
        logout::logout,
        sign_out_page::post_sign_out,
        get_me::get_me,
        update_me::update_me,
        avatar::get_avatar,
        avatar::set_avatar,
        avatar::remove_avatar,
        list_sessions::list_sessions,
        end_session::end_session,
        get_context::get_context,
        switch_context::switch_context,
        list_tenants::list_tenants,
        leave_tenant::leave_tenant,
        change_default::change_default_tenant,
        notifications::get_notifications,
        notifications::update_notifications,
}

impl HttpFunction for Sessions {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let (signer, site) = (Signer::open(settings, &world).await?, settings.site()?);
        let pages = Pages::new(settings.product()?, site, None);
        let pages = Arc::new(pages.map_err(|error| StartError::outside("the pages", error))?);
        let (api, site) = (Api::open(settings, world).await?, site.into());
        Ok(Self { api, signer, studio: Studio::default(), site, pages })
    }

    fn router(self) -> Router {
        let site = self.site.clone();
        for_own_pages(Self::routes().with_state(self), site)
    }
}
