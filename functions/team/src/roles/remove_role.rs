//! `DELETE /api/admin/team/roles/{id}`

use axum::extract::{FromRequestParts, Query, State};
use http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use vestibule_api::{Api, ApiError, ApiPath, Argument, Code, Description, Fields, Mutation, Nothing, Reply};
use vestibule_domain::{Permission, RoleName, RoleRefused, Roles};
use vestibule_store::{Conflict, RoleChange, RoleMove, StoreError, TenantRoles, TenantStore};

use super::role_body::{kept_leader, refused, told};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Raw {
    move_to: Option<String>,
}

/// What becomes of those who hold the role.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MoveQuery {
    /// The role that those who hold this one get in its place.
    #[param(rename = "moveTo", example = "viewer")]
    pub move_to: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for MoveQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |_| ApiError::new(Code::ParameterInvalid, "Only `moveTo` can be given.");
        let Query(raw) = Query::<Raw>::from_request_parts(parts, state).await.map_err(refused)?;
        Ok(Self { move_to: raw.move_to })
    }
}

impl Argument for MoveQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
        operation.refused(&[400, 422]);
    }
}

/// Removes a role of the organization's own that nothing inherits from. Nobody may hold it, or `moveTo` names what they get in its
/// place. While members are moved nobody gets the role any more; a request that was cut off is sent again.
#[utoipa::path(delete, path = "/api/admin/team/roles/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn remove_role(
    State(api): State<Api>,
    ApiPath(name): ApiPath<RoleName>,
    query: MoveQuery,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamRolesManage)?;
    let store = api.store.tenant(&scope);
    let mut read = store.find_roles().await?;
    read.roles.clone().remove(&name, &read.held).map_err(|refusal| refused(&refusal, &read.roles))?;
    let to = query.move_to.as_deref().map(|to| target(to, &name, &read.roles)).transpose()?;
    if to.is_none() && store.is_held(&name).await? {
        return Err(held());
    }
    if read.roles.grantable(&name).is_some() {
        read = retire(&api, &store, &read, &name).await?;
    }
    if let Some(to) = &to {
        moved(store.move_members(&name, to, &api.world).await?, &read.roles)?;
    }
    // Whoever got the role while it was looked for; from the retirement on nobody gets it.
    if store.is_held(&name).await? {
        return Err(held());
    }
    let mut roles = read.roles.clone();
    roles.remove(&name, &read.held).map_err(|refusal| refused(&refusal, &read.roles))?;
    let reply = Reply::empty();
    let values = (told(&read.roles, read.roles.find(&name)), told(&roles, None));
    let change = RoleChange { action: "role.remove", resource: name.as_str(), values };
    kept_leader(store.change_roles(&read, roles, change, request.answer(&reply), &api.world).await?)?;
    Ok(reply)
}

/// Says that the role is being removed; gives the roles as they are then.
async fn retire(
    api: &Api,
    store: &TenantStore<'_>,
    read: &TenantRoles,
    name: &RoleName,
) -> Result<TenantRoles, ApiError> {
    let mut roles = read.roles.clone();
    roles.retire(name, &read.held).map_err(|refusal| refused(&refusal, &read.roles))?;
    let values = (told(&roles, read.roles.find(name)), told(&roles, read.roles.find(name)));
    let change = RoleChange { action: "role.retire", resource: name.as_str(), values };
    kept_leader(store.change_roles(read, roles, change, None, &api.world).await?)?;
    let read = store.find_roles().await?;
    if read.roles.find(name).is_none() || read.roles.grantable(name).is_some() {
        return Err(StoreError::Conflict(Conflict::Stale).into());
    }
    Ok(read)
}

fn target(to: &str, from: &RoleName, roles: &Roles) -> Result<RoleName, ApiError> {
    let found = RoleName::parse(to).ok().filter(|to| to != from && roles.grantable(to).is_some());
    found.ok_or_else(|| {
        let mut fields = Fields::default();
        fields.refuse("moveTo", "No other role has this name.");
        fields.into_error()
    })
}

fn held() -> ApiError {
    let detail = "Members hold this role; name the role that they get in its place with `?moveTo=`.";
    ApiError::new(Code::WrongState, detail)
}

fn moved(moved: RoleMove, roles: &Roles) -> Result<(), ApiError> {
    let wrong = |detail: &str| Err(ApiError::new(Code::WrongState, detail));
    match moved {
        RoleMove::Done => Ok(()),
        RoleMove::More(most) => {
            wrong(&format!("{most} members were moved and there are more; send it again."))
        }
        RoleMove::LastAdministrator => {
            wrong("The last administrator holds this role; make somebody else one first.")
        }
        RoleMove::Refused(refusal @ (RoleRefused::Exceeds(_) | RoleRefused::Stronger(_))) => {
            Err(refused(&refusal, roles))
        }
        RoleMove::Refused(_) => wrong("The role to move to is being removed; name another one."),
    }
}
