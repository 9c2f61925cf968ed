//! `GET /api/hires/{id}`

use axum::Json;
use vestibule_api::{ApiError, Problem, Reading};
use vestibule_domain::{HireId, Permission};

use crate::view::{DAMAGED, HireView};

/// Shows one hire: documents, job, address.
#[utoipa::path(get, path = "/api/hires/{id}", tag = "hires", params(("id" = String, Path, description = "The hire's id")),
    responses((status = 200, body = HireView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn get_hire(reading: Reading<HireId>) -> Result<Json<HireView>, ApiError> {
    let hire = reading.require(Permission::HiresView, DAMAGED)?;
    Ok(Json(HireView::from(&hire)))
}
