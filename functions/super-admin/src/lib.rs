//! What administrators of the platform see of the whole: the log of what was done there.

pub mod export_audit;
pub mod get_audit;
pub mod list_audit;

use axum::extract::FromRef;
use vestibule_api::{Api, HttpFunction, Settings, state::StartError};
use vestibule_domain::World;

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct SuperAdmin {
    /// The shared part.
    pub api: Api,
}

vestibule_api::operations! {
    SuperAdmin:
        list_audit::list_platform_audit,
        get_audit::get_platform_audit,
        export_audit::export_platform_audit,
}

impl HttpFunction for SuperAdmin {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        Ok(Self { api: Api::open(settings, world).await? })
    }
}
