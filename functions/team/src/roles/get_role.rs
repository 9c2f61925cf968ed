//! `GET /api/admin/team/roles/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated};
use vestibule_domain::{Permission, RoleName};

use super::view::RoleView;

/// Shows one role.
#[utoipa::path(get, path = "/api/admin/team/roles/{id}", tag = "team", responses((status = 200, body = RoleView)))]
pub async fn get_role(
    State(api): State<Api>,
    ApiPath(name): ApiPath<RoleName>,
    caller: Authenticated,
) -> Result<Json<RoleView>, ApiError> {
    let scope = caller.require(Permission::TeamView)?;
    let roles = api.store.tenant(&scope).find_roles().await?.roles;
    let role = roles.find(&name).ok_or_else(ApiError::not_found)?;
    Ok(Json(RoleView::new(&roles, &name, role)))
}
