//! Staying signed in: refresh, logout, who am I, sessions, and the tenant a person works in.

pub mod change_default;
pub mod end_session;
pub mod get_context;
pub mod get_me;
pub mod leave_tenant;
pub mod list_sessions;
pub mod list_tenants;
pub mod logout;
pub mod refresh;
pub mod switch_context;
pub mod update_me;

use axum::{Router, extract::FromRef};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use vestibule_api::{Api, Settings, Signer, finish, state::StartError};
use vestibule_domain::World;

/// What the operations work with.
#[derive(Debug, Clone)]
pub struct Sessions {
    /// The shared part.
    pub api: Api,
    /// Signs access tokens.
    pub signer: Signer,
}

impl FromRef<Sessions> for Api {
    fn from_ref(state: &Sessions) -> Self {
        state.api.clone()
    }
}

/// The routes with their documentation.
pub fn routes() -> OpenApiRouter<Sessions> {
    OpenApiRouter::new()
        .routes(routes!(refresh::refresh))
        .routes(routes!(logout::logout))
        .routes(routes!(get_me::get_me, update_me::update_me))
        .routes(routes!(list_sessions::list_sessions))
        .routes(routes!(end_session::end_session))
        .routes(routes!(get_context::get_context))
        .routes(routes!(switch_context::switch_context))
        .routes(routes!(list_tenants::list_tenants))
        .routes(routes!(leave_tenant::leave_tenant))
        .routes(routes!(change_default::change_default_tenant))
}

/// The operations as an `OpenAPI` document.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}

/// The function, ready to serve.
pub async fn app(settings: &Settings, world: World) -> Result<Router, StartError> {
    let signer = Signer::open(settings, &world).await?;
    let api = Box::pin(Api::open(settings, world)).await?;
    let show_cost = api.show_cost;
    let (router, _) = routes().split_for_parts();
    Ok(finish(router.with_state(Sessions { api, signer }), show_cost))
}
