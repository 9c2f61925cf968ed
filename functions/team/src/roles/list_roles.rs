//! `GET /api/admin/team/roles`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated};
use vestibule_domain::Permission;

use super::view::RoleView;

/// The roles of an organization, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct RolePage {
    /// The roles.
    pub items: Vec<RoleView>,
    /// Always `null`: the list is complete.
    pub next: Option<String>,
}

/// Lists the roles, with what each allows.
#[utoipa::path(get, path = "/api/admin/team/roles", tag = "team", responses((status = 200, body = RolePage)))]
pub async fn list_roles(State(api): State<Api>, caller: Authenticated) -> Result<Json<RolePage>, ApiError> {
    let scope = caller.require(Permission::TeamView)?;
    let roles = api.store.tenant(&scope).find_roles().await?.roles;
    let items = roles.all().map(|(name, role)| RoleView::new(&roles, name, role)).collect();
    Ok(Json(RolePage { items, next: None }))
}
