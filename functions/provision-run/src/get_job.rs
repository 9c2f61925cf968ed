//! `GET /api/provision/jobs/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated, Problem};
use vestibule_domain::{JobId, Permission};

use crate::view::JobView;

/// Shows one job with the timeline of its steps.
#[utoipa::path(get, path = "/api/provision/jobs/{id}", tag = "provisioning",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, body = JobView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn get_job(
    State(api): State<Api>,
    caller: Authenticated,
    ApiPath(id): ApiPath<JobId>,
) -> Result<Json<JobView>, ApiError> {
    let scope = caller.require(Permission::ProvisioningView)?;
    let job = api.store.tenant(&scope).find_job(id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(JobView::from(&job)))
}
