//! `POST /api/admin/team/roles`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Fields, Mutation, Reply};
use vestibule_domain::{Permission, RoleName};
use vestibule_store::RoleChange;

use super::{
    role_body::{has_own_roles, kept_leader, read, refused, told},
    view::RoleView,
};

/// A new role.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRole {
    /// Its name in memberships: 1 to 40 lower-case letters, digits and underscores, a letter first. It stays.
    #[schema(example = "buyer")]
    pub id: String,
    /// The name that people read, 1 to 80 characters of any script.
    #[schema(example = "Buyer")]
    pub title: String,
    /// The role it inherits from.
    #[schema(example = "viewer")]
    pub parent: Option<String>,
    /// What it allows by itself; names of permissions.
    #[schema(example = json!(["orders.manage"]))]
    pub permissions: Vec<String>,
}

/// Makes a role of the organization's own. It can allow only what its author holds, what it inherits included.
#[utoipa::path(post, path = "/api/admin/team/roles", tag = "team", responses((status = 201, body = RoleView), (status = 409)))]
pub async fn create_role(State(api): State<Api>, request: Mutation<CreateRole>) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamRolesManage)?;
    let store = api.store.tenant(&scope);
    let (before, tier) = store.find_roles_and_tier(Permission::TeamRolesManage).await?;
    has_own_roles(tier)?;
    let CreateRole { id, title, parent, permissions } = &request.body;
    let mut fields = Fields::default();
    let name = fields.take("id", RoleName::parse(id));
    let role = read((title, parent.as_deref(), permissions), &before.roles, &mut fields);
    let (Some(name), Some(role)) = (name, role) else { return Err(fields.into_error()) };
    let mut roles = before.roles.clone();
    roles.create(&name, role.clone(), &before.held).map_err(|refusal| refused(&refusal, &before.roles))?;
    let reply = Reply::new(StatusCode::CREATED, &RoleView::new(&roles, &name, &role))?;
    let values = (told(&roles, None), told(&roles, Some(&role)));
    let change = RoleChange { action: "role.create", resource: name.as_str(), values };
    kept_leader(store.change_roles(&before, roles, change, request.answer(&reply), &api.world).await?)?;
    Ok(reply)
}
