//! `GET /api/v1/organizations/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated};
use vestibule_domain::{Permission, TenantId};

use crate::view::OrganizationView;

/// Shows the organization of the token.
#[utoipa::path(get, path = "/api/v1/organizations/{id}", tag = "organizations", responses((status = 200, body = OrganizationView)))]
pub async fn get_organization(
    State(api): State<Api>,
    ApiPath(id): ApiPath<TenantId>,
    caller: Authenticated,
) -> Result<Json<OrganizationView>, ApiError> {
    let scope = caller.require(Permission::TenantSettingsView)?;
    if scope.tenant() != id {
        return Err(ApiError::not_found());
    }
    let tenant = api.store.tenant(&scope).settings().await?;
    Ok(Json(OrganizationView::from(&tenant)))
}
