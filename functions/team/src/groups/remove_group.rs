//! `DELETE /api/admin/team/groups/{id}`

use axum::extract::State;
use serde_json::json;
use vestibule_api::{Api, ApiError, ApiPath, Mutation, Nothing, Reply};
use vestibule_domain::{GroupId, Permission};
use vestibule_store::GroupChange;

/// Removes a group; its members stay, and are in it no more.
#[utoipa::path(delete, path = "/api/admin/team/groups/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn remove_group(
    State(api): State<Api>,
    ApiPath(group): ApiPath<GroupId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamManage)?;
    let store = api.store.tenant(&scope);
    let read = store.find_groups().await?;
    let name = read.groups.name(group).ok_or_else(ApiError::not_found)?;
    let values = (json!({ "name": name }), json!(null));
    let mut groups = read.groups.clone();
    groups.0.remove(&group.to_string());
    let reply = Reply::empty();
    let change = GroupChange { action: "group.remove", group, values };
    store.change_groups(&read, groups, change, request.answer(&reply), &api.world).await?;
    Ok(reply)
}
