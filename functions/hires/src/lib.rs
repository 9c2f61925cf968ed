//! Hires, their provisioning status and their leaving, and e-sign events that fit none of them, for staff.

mod again;
pub mod call_back_hire;
pub mod create_hire;
pub mod drop_esign_event;
pub mod esign_event_view;
pub mod get_hire;
pub mod leaving_view;
pub mod list_esign_events;
pub mod list_hires;
pub mod match_esign_event;
pub mod offboard_hire;
pub mod remove_hire;
pub mod reset_password;
pub mod show_offboarding;
pub mod view;

use std::sync::Arc;

use axum::extract::FromRef;
use vestibule_adapters::workflows::Workflows;
use vestibule_api::{Api, HttpFunction, Settings, state::StartError};
use vestibule_domain::World;
use vestibule_saga::Machines;

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Hires {
    /// The shared part.
    pub api: Api,
    /// Starts workflows.
    pub workflows: Workflows,
    /// Which state machines.
    pub machines: Arc<Machines>,
}

vestibule_api::operations! {
    Hires:
        list_hires::list_hires,
        create_hire::create_hire,
        get_hire::get_hire,
        remove_hire::remove_hire,
        reset_password::reset_hire_password,
        show_offboarding::show_offboarding,
        offboard_hire::offboard_hire,
        call_back_hire::call_back_hire,
        list_esign_events::list_esign_events,
        match_esign_event::match_esign_event,
        drop_esign_event::drop_esign_event,
}

impl HttpFunction for Hires {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let workflows = Workflows::new(&settings.aws("SFN")?);
        let machines = Machines::from_settings(|name| settings.get(name))?;
        Ok(Self { api: Api::open(settings, world).await?, workflows, machines: Arc::new(machines) })
    }
}
