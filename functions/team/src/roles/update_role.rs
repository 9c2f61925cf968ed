//! `PUT /api/admin/team/roles/{id}`

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{Api, ApiError, ApiPath, Fields, Mutation, Reply};
use vestibule_domain::{Permission, RoleName};
use vestibule_store::RoleChange;

use crate::unchanged;

use super::{
    role_body::{RoleBody, has_own_roles, kept_leader, refused, told},
    view::RoleView,
};

/// Replaces a role of the organization's own. What changes counts from the next request of everybody who holds it, or a role
/// that inherits from it; none of these can gain what the author lacks.
#[utoipa::path(put, path = "/api/admin/team/roles/{id}", tag = "team", responses((status = 200, body = RoleView), (status = 409)))]
pub async fn update_role(
    State(api): State<Api>,
    ApiPath(name): ApiPath<RoleName>,
    request: Mutation<RoleBody>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamRolesManage)?;
    let store = api.store.tenant(&scope);
    let (before, tier) = store.find_roles_and_tier(Permission::TeamRolesManage).await?;
    let mut fields = Fields::default();
    let Some(role) = request.body.read(&before.roles, &mut fields) else { return Err(fields.into_error()) };
    if before.roles.grantable(&name) == Some(&role) {
        // Nothing changes, and nothing of anybody else is held up by it.
        let reply = Reply::new(StatusCode::OK, &RoleView::new(&before.roles, &name, &role))?;
        return unchanged(&api, request.answer(&reply), reply).await;
    }
    let mut roles = before.roles.clone();
    roles.edit(&name, role.clone(), &before.held).map_err(|refusal| refused(&refusal, &before.roles))?;
    // On any tier something can be taken away, and a role that is being removed taken back.
    if !roles.permissions(&name).is_within(&before.roles.permissions(&name)) {
        has_own_roles(tier)?;
    }
    let reply = Reply::new(StatusCode::OK, &RoleView::new(&roles, &name, &role))?;
    let values = (told(&roles, before.roles.find(&name)), told(&roles, Some(&role)));
    let change = RoleChange { action: "role.update", resource: name.as_str(), values };
    kept_leader(store.change_roles(&before, roles, change, request.answer(&reply), &api.world).await?)?;
    Ok(reply)
}
