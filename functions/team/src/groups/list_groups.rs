//! `GET /api/admin/team/groups`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated};
use vestibule_domain::Permission;

use super::view::GroupView;

/// The groups of an organization, by age.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupPage {
    /// The groups.
    pub items: Vec<GroupView>,
    /// Always `null`: the list is complete.
    pub next: Option<String>,
}

/// Lists the groups.
#[utoipa::path(get, path = "/api/admin/team/groups", tag = "team", responses((status = 200, body = GroupPage)))]
pub async fn list_groups(State(api): State<Api>, caller: Authenticated) -> Result<Json<GroupPage>, ApiError> {
    let scope = caller.require(Permission::TeamView)?;
    let groups = api.store.tenant(&scope).find_groups().await?.groups;
    let items = groups.0.into_iter().map(|(id, name)| GroupView { id, name }).collect();
    Ok(Json(GroupPage { items, next: None }))
}
