//! The team of a business: its roles, and what each of them allows.

pub mod create_role;
pub mod get_matrix;
pub mod get_role;
pub mod list_roles;
pub mod remove_role;
mod role_body;
pub mod update_role;
pub mod view;

use axum::extract::FromRef;
use vestibule_api::{Api, HttpFunction, Settings, state::StartError};
use vestibule_domain::World;

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Team {
    /// The shared part.
    pub api: Api,
}

vestibule_api::operations! {
    Team:
        list_roles::list_roles,
        create_role::create_role,
        get_role::get_role,
        update_role::update_role,
        remove_role::remove_role,
        get_matrix::get_matrix,
}

impl HttpFunction for Team {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        Ok(Self { api: Api::open(settings, world).await? })
    }
}
