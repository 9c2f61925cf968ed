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
pub mod picture;
pub mod refresh;
pub mod switch_context;
pub mod update_me;

use axum::{Router, extract::FromRef};
use vestibule_api::{Api, Settings, Signer, finish, site::for_own_pages, state::StartError};
use vestibule_domain::World;

use picture::Studio;

/// What the operations work with.
#[derive(Debug, Clone)]
pub struct Sessions {
    /// The shared part.
    pub api: Api,
    /// Signs access tokens.
    pub signer: Signer,
    /// Makes the pictures that are kept.
    pub studio: Studio,
}

impl FromRef<Sessions> for Api {
    fn from_ref(state: &Sessions) -> Self {
        state.api.clone()
    }
}

vestibule_api::operations! {
    Sessions:
        refresh::refresh,
        logout::logout,
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
}

/// The function, ready to serve.
pub async fn app(settings: &Settings, world: World) -> Result<Router, StartError> {
    let signer = Signer::open(settings, &world).await?;
    let api = Box::pin(Api::open(settings, world)).await?;
    let show_cost = api.show_cost;
    let router = router().with_state(Sessions { api, signer, studio: Studio::default() });
    Ok(finish(for_own_pages(router, settings.site()?.into()), show_cost))
}
