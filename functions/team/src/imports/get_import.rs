//! `GET /api/v1/teams/import/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated};
use vestibule_domain::{JobId, Permission};

use super::{find, view::ImportView};

/// Shows how an import goes.
#[utoipa::path(get, path = "/api/v1/teams/import/{id}", tag = "team", responses((status = 200, body = ImportView), (status = 409)))]
pub async fn get_import(
    State(api): State<Api>,
    ApiPath(id): ApiPath<JobId>,
    caller: Authenticated,
) -> Result<Json<ImportView>, ApiError> {
    let scope = caller.require(Permission::TeamInvite)?;
    Ok(Json((&find(&api.store.tenant(&scope), id).await?).into()))
}
