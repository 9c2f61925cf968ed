//! `DELETE /api/admin/team/roles/{id}`

use axum::extract::State;
use vestibule_api::{Api, ApiError, ApiPath, Code, Mutation, Nothing, Reply};
use vestibule_domain::{Permission, RoleName};
use vestibule_store::RoleChange;

use crate::role_body::{refused, told};

/// Removes a role of the organization's own that nobody holds and nothing inherits from.
#[utoipa::path(delete, path = "/api/admin/team/roles/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn remove_role(
    State(api): State<Api>,
    ApiPath(name): ApiPath<RoleName>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamRolesManage)?;
    let store = api.store.tenant(&scope);
    let read = store.find_roles().await?;
    let mut roles = read.roles.clone();
    roles.remove(&name, &read.held).map_err(|refusal| refused(&refusal))?;
    if store.is_held(&name).await? {
        return Err(ApiError::new(Code::WrongState, "Members hold this role; give them another one first."));
    }
    let reply = Reply::empty();
    let values = (told(read.roles.find(&name)), told(None));
    let change = RoleChange { action: "role.remove", role: &name, values };
    store.change_roles(&read, roles, change, request.answer(&reply), &api.world).await?;
    Ok(reply)
}
