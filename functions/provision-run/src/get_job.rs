//! `GET /api/provision/jobs/{id}`

use axum::Json;
use vestibule_api::{ApiError, Reading};
use vestibule_domain::{Job, Permission};

use crate::view::{DAMAGED, JobView};

/// Shows one job with the timeline of its steps.
#[utoipa::path(get, path = "/api/provision/jobs/{id}", tag = "provisioning", responses((status = 200, body = JobView)))]
pub async fn get_job(reading: Reading<Job>) -> Result<Json<JobView>, ApiError> {
    let job = reading.require(Permission::ProvisioningView, DAMAGED)?;
    Ok(Json(JobView::from(&job)))
}
