//! `PUT /api/admin/team/groups/{id}`

use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use vestibule_api::{Api, ApiError, ApiPath, Mutation, Reply};
use vestibule_domain::{GroupId, Permission};
use vestibule_store::GroupChange;

use super::{body::GroupBody, view::GroupView};

/// Gives a group another name.
#[utoipa::path(put, path = "/api/admin/team/groups/{id}", tag = "team", responses((status = 200, body = GroupView), (status = 409)))]
pub async fn update_group(
    State(api): State<Api>,
    ApiPath(group): ApiPath<GroupId>,
    request: Mutation<GroupBody>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamManage)?;
    let store = api.store.tenant(&scope);
    let read = store.find_groups().await?;
    let before = read.groups.name(group).ok_or_else(ApiError::not_found)?;
    let name = request.body.read(&read.groups, Some(group))?;
    let values = (json!({ "name": before }), json!({ "name": name }));
    let mut groups = read.groups.clone();
    groups.0.insert(group.to_string(), name.clone());
    let reply = Reply::new(StatusCode::OK, &GroupView { id: group.to_string(), name })?;
    let change = GroupChange { action: "group.update", group, values };
    store.change_groups(&read, groups, change, request.answer(&reply), &api.world).await?;
    Ok(reply)
}
