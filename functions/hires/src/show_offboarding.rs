//! `GET /api/hires/{id}/offboard`

use axum::Json;
use vestibule_api::{ApiError, Reading};
use vestibule_domain::{Hire, Permission};

use crate::{leaving_view::OffboardingPlan, view::DAMAGED};

/// Shows what happens when this hire leaves, and what its mailbox provider cannot do; once it has begun, how it stands.
#[utoipa::path(get, path = "/api/hires/{id}/offboard", tag = "hires", responses((status = 200, body = OffboardingPlan)))]
pub async fn show_offboarding(reading: Reading<Hire>) -> Result<Json<OffboardingPlan>, ApiError> {
    let hire = reading.require(Permission::HiresView, DAMAGED)?;
    Ok(Json(OffboardingPlan::from(&hire)))
}
