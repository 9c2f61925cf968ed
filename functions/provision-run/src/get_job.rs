//! `GET /api/provision/jobs/{id}`

use axum::Json;
use vestibule_api::{ApiError, Problem, Reading};
use vestibule_domain::{JobId, Permission};

use crate::view::{DAMAGED, JobView};

/// Shows one job with the timeline of its steps.
#[utoipa::path(get, path = "/api/provision/jobs/{id}", tag = "provisioning",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, body = JobView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn get_job(reading: Reading<JobId>) -> Result<Json<JobView>, ApiError> {
    let job = reading.require(Permission::ProvisioningView, DAMAGED)?;
    Ok(Json(JobView::from(&job)))
}
