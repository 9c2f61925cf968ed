//! `GET /api/hires/{id}`

use axum::Json;
use vestibule_api::{ApiError, Reading};
use vestibule_domain::{Hire, Permission};

use crate::view::{DAMAGED, HireView};

/// Shows one hire: documents, job, address.
#[utoipa::path(get, path = "/api/hires/{id}", tag = "hires", responses((status = 200, body = HireView)))]
pub async fn get_hire(reading: Reading<Hire>) -> Result<Json<HireView>, ApiError> {
    let hire = reading.require(Permission::HiresView, DAMAGED)?;
    Ok(Json(HireView::from(&hire)))
}
