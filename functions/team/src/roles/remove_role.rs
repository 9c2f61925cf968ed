//! `DELETE /api/admin/team/roles/{id}`

use axum::extract::{FromRequestParts, Query, State};
use http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use vestibule_api::{Api, ApiError, ApiPath, Argument, Code, Description, Fields, Mutation, Nothing, Reply};
use vestibule_domain::{Permission, RoleName, RoleRefused, Roles};
use vestibule_store::{Conflict, Holding, RoleChange, RoleMove, StoreError, TenantRoles, TenantStore};

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
/// place; who moves them must be allowed to change members. While members are moved nobody gets the role any more. At most 25 are
/// moved by one request; it is sent again until it answers 204.
#[utoipa::path(delete, path = "/api/admin/team/roles/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn remove_role(
    State(api): State<Api>,
    ApiPath(name): ApiPath<RoleName>,
    query: MoveQuery,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamRolesManage)?;
    let store = api.store.tenant(&scope);
    let read = store.find_roles_to_change(Permission::TeamRolesManage).await?;
    read.roles.clone().remove(&name, &read.held).map_err(|refusal| refused(&refusal, &read.roles))?;
    let to = query.move_to.as_deref().map(|to| target(to, &name, &read.roles)).transpose()?;
    if let Some(to) = &to {
        request.principal.require(Permission::TeamManage)?;
        may_move(&store, &read, (&name, to)).await?;
    } else {
        free(store.who_holds(&name).await?)?;
    }
    let marked = read.roles.grantable(&name).is_some();
    if marked {
        retire(&api, &store, &read, &name).await?;
    }
    match emptied(&api, &store, (&name, to.as_ref())).await? {
        Emptied::Done => {}
        // The mark stays: nobody gets the role until it is sent again.
        Emptied::More => {
            let detail = "As many members as fit into one request were moved; send it again.";
            return Err(ApiError::new(Code::WrongState, detail));
        }
        Emptied::Refused(problem) => {
            if marked {
                restore(&api, &store, &name).await;
            }
            return Err(problem);
        }
    }
    let read = store.find_roles_to_change(Permission::TeamRolesManage).await?;
    // Somebody may have taken it back meanwhile.
    if read.roles.find(&name).is_none() || read.roles.grantable(&name).is_some() {
        return Err(StoreError::Conflict(Conflict::Stale).into());
    }
    let mut roles = read.roles.clone();
    roles.remove(&name, &read.held).map_err(|refusal| refused(&refusal, &read.roles))?;
    let reply = Reply::empty();
    let values = (told(&read.roles, read.roles.find(&name)), told(&roles, None));
    let change = RoleChange { action: "role.remove", resource: name.as_str(), values };
    kept_leader(store.change_roles(&read, roles, change, request.answer(&reply), &api.world).await?)?;
    Ok(reply)
}

/// Whether the holders may be moved at all: looked at before anything is marked.
async fn may_move(
    store: &TenantStore<'_>,
    read: &TenantRoles,
    (from, to): (&RoleName, &RoleName),
) -> Result<(), ApiError> {
    if read.author_holds(from) {
        let detail = "You hold this role yourself; give yourself the other one first.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    store.may_move(read, from, to).await?.map_err(|refusal| moving(&refusal, &read.roles))
}

/// Whether a role has no holders any more.
enum Emptied {
    Done,
    More,
    Refused(ApiError),
}

/// Moves the holders, if there is a role for them, and sees that nobody holds the role: from its retirement on nobody gets it.
async fn emptied(
    api: &Api,
    store: &TenantStore<'_>,
    (from, to): (&RoleName, Option<&RoleName>),
) -> Result<Emptied, ApiError> {
    if let Some(to) = to {
        match store.move_members(from, to, &api.world).await? {
            RoleMove::Done => {}
            RoleMove::LastAdministrator => {
                let detail = "The last administrator holds this role; make somebody else one first.";
                return Ok(Emptied::Refused(ApiError::new(Code::WrongState, detail)));
            }
            RoleMove::Refused(refusal) => {
                let roles = store.find_roles().await?.roles;
                return Ok(Emptied::Refused(moving(&refusal, &roles)));
            }
        }
    }
    Ok(match store.who_holds(from).await? {
        Holding::Somebody if to.is_some() => Emptied::More,
        holding => free(holding).map_or_else(Emptied::Refused, |()| Emptied::Done),
    })
}

/// Takes the mark back as far as that goes; where it does not, a `PUT` of the role does.
async fn restore(api: &Api, store: &TenantStore<'_>, name: &RoleName) {
    let Ok(read) = store.find_roles().await else { return };
    let Some(role) = read.roles.find(name).cloned() else { return };
    let mut roles = read.roles.clone();
    if roles.edit(name, role.clone(), &read.held).is_ok() {
        let told = told(&roles, Some(&role));
        let change =
            RoleChange { action: "role.restore", resource: name.as_str(), values: (told.clone(), told) };
        let _ = store.change_roles(&read, roles, change, None, &api.world).await;
    }
}

fn free(holding: Holding) -> Result<(), ApiError> {
    let detail = match holding {
        Holding::Nobody => return Ok(()),
        Holding::Somebody => {
            "Members hold this role; name the role that they get in its place with `?moveTo=`."
        }
        Holding::Unknown => {
            "A membership cannot be read, and may hold this role. Ask whoever runs this service to repair it."
        }
    };
    Err(ApiError::new(Code::WrongState, detail))
}

fn moving(refusal: &RoleRefused, roles: &Roles) -> ApiError {
    match refusal {
        RoleRefused::Exceeds(_) | RoleRefused::Stronger(_) => refused(refusal, roles),
        _ => ApiError::new(Code::WrongState, "The role to move to is being removed; name another one."),
    }
}

/// Says that the role is being removed.
async fn retire(
    api: &Api,
    store: &TenantStore<'_>,
    read: &TenantRoles,
    name: &RoleName,
) -> Result<(), ApiError> {
    let mut roles = read.roles.clone();
    roles.retire(name, &read.held).map_err(|refusal| refused(&refusal, &read.roles))?;
    let values = (told(&roles, read.roles.find(name)), told(&roles, read.roles.find(name)));
    let change = RoleChange { action: "role.retire", resource: name.as_str(), values };
    match store.change_roles(read, roles, change, None, &api.world).await {
        Ok(placed) => kept_leader(placed),
        // Somebody who removes it as well was faster; what follows looks whether it is so.
        Err(StoreError::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn target(to: &str, from: &RoleName, roles: &Roles) -> Result<RoleName, ApiError> {
    let found = RoleName::parse(to).ok().filter(|to| to != from && roles.grantable(to).is_some());
    found.ok_or_else(|| {
        let mut fields = Fields::default();
        fields.refuse("moveTo", "No other role has this name.");
        fields.into_error()
    })
}
