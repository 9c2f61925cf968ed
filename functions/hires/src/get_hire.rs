//! `GET /api/hires/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated, Problem};
use vestibule_domain::{HireId, Permission};

use crate::view::HireView;

/// Shows one hire: documents, job, address.
#[utoipa::path(get, path = "/api/hires/{id}", tag = "hires", params(("id" = String, Path, description = "The hire's id")),
    responses((status = 200, body = HireView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn get_hire(
    State(api): State<Api>,
    caller: Authenticated,
    ApiPath(id): ApiPath<HireId>,
) -> Result<Json<HireView>, ApiError> {
    let scope = caller.require(Permission::HiresView)?;
    let hire = api.store.tenant(&scope).find_hire(id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(HireView::from(&hire)))
}
