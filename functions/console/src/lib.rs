//! The console: pages for people, made of what the API's functions answer.
//!
//! It has no table, no keys and no rights but to invoke those functions with the browser's own cookies. So whatever a page
//! shows or does, the API allowed. [`pages::PAGES`] lists every page with what it reads and does.

mod answers;
mod assets;
mod audit_export;
mod browser;
mod components;
mod facts;
mod form;
mod handed_on;
pub mod operations;
pub mod page;
pub mod pages;
mod parts;
mod paths;
mod place;
mod promo_table;
mod recorded;
mod render;
mod respond;
mod serve;
mod shell;
mod special;
mod visit;
mod words;

pub use components::components;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    response::Redirect,
    routing::{any, get},
};
use utoipa::openapi::OpenApi;
use vestibule_api::{HttpFunction, Operations, Settings, state::StartError};
use vestibule_domain::World;
use vestibule_invoke::Functions;

use crate::render::Renderer;

/// What the pages are made with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Console {
    functions: Functions,
    renderer: Arc<Renderer>,
    site: Arc<str>,
    world: World,
}

impl Operations for Console {
    fn routes() -> Router<Self> {
        let fixed = Router::new()
            .route("/assets/{name}", get(assets::get_asset))
            .route("/t/{slug}", get(special::name_tenant))
            .route("/t/{slug}/{*rest}", get(special::name_tenant))
            .route("/settings", get(async || Redirect::to("/settings/profile")))
            .route("/admin", get(async || Redirect::to("/admin/team")))
            .route("/settings/picture", get(special::get_picture))
            .route("/admin/team/import/{id}/report", get(special::get_import_report))
            .route("/admin/audit/export", get(audit_export::get_audit_export))
            .route("/admin/promo-signups/export", get(promo_table::get_promo_table))
            .route("/admin/promo-signups/{id}/create-account", any(handed_on::create_promo_account))
            .route("/admin/platform-log/export", get(audit_export::get_platform_export));
        let pages = pages::all().fold(fixed, |router, page| {
            let show = move |console: State<Self>, request: Request| serve::show(page, console, request);
            let act = move |console: State<Self>, request: Request| serve::act(page, console, request);
            match page.beside() {
                None => router.route(page.path, get(show).post(act)),
                Some(operation) => {
                    let shared = move |State(console): State<Self>, request: Request| {
                        handed_on::page_or_operation((page, operation), console, request)
                    };
                    router.route(page.path, any(shared))
                }
            }
        });
        pages.fallback(special::unknown)
    }

    /// Pages are no operations of the API.
    fn openapi() -> OpenApi {
        OpenApi::default()
    }
}

impl HttpFunction for Console {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let failed = |error| StartError::outside("the pages", error);
        // Only the local stack can have either.
        let debug = settings.find("DEBUG_BYPASS_AUTH") == Some("true");
        Ok(Self {
            functions: Functions::new(&settings.aws("LAMBDA")?, settings.get("FUNCTION_PREFIX")?),
            renderer: Arc::new(
                Renderer::new(settings.product()?, settings.find("LOCAL_PAGES"), debug).map_err(failed)?,
            ),
            site: settings.site()?.into(),
            world,
        })
    }
}
