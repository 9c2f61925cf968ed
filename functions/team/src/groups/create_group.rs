//! `POST /api/admin/team/groups`

use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use vestibule_api::{Api, ApiError, Code, Mutation, Reply};
use vestibule_domain::{GroupId, MOST_GROUPS, Permission};
use vestibule_store::GroupChange;

use super::{body::GroupBody, view::GroupView};

/// Makes a group. An organization has at most 100.
#[utoipa::path(post, path = "/api/admin/team/groups", tag = "team", responses((status = 201, body = GroupView), (status = 409)))]
pub async fn create_group(State(api): State<Api>, request: Mutation<GroupBody>) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamManage)?;
    let store = api.store.tenant(&scope);
    let read = store.find_groups().await?;
    let name = request.body.read(&read.groups, None)?;
    if read.groups.0.len() >= MOST_GROUPS {
        return Err(ApiError::new(Code::WrongState, "Remove a group first: there are 100."));
    }
    let (group, mut groups) = (GroupId::new(&api.world), read.groups.clone());
    groups.0.insert(group.to_string(), name.clone());
    let values = (json!(null), json!({ "name": name }));
    let reply = Reply::new(StatusCode::CREATED, &GroupView { id: group.to_string(), name })?;
    let change = GroupChange { action: "group.create", group, values };
    store.change_groups(&read, groups, change, request.answer(&reply), &api.world).await?;
    Ok(reply)
}
