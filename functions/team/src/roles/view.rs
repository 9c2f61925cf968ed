//! A role as the team's administrators see it.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_domain::{Role, RoleName, Roles};

/// A role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    /// Its name in memberships.
    #[schema(example = "buyer")]
    pub id: String,
    /// The name that people read.
    pub title: String,
    /// The role it inherits from.
    pub parent: Option<String>,
    /// Whether it came with the kind of business: it is never changed or removed.
    pub preset: bool,
    /// Whether it is being removed: nobody gets it any more. A `PUT` takes it back.
    pub retiring: bool,
    /// What it allows by itself.
    pub own: Vec<String>,
    /// What it allows, with what it inherits.
    pub permissions: Vec<String>,
}

impl RoleView {
    /// The view of one of `roles`.
    pub fn new(roles: &Roles, name: &RoleName, role: &Role) -> Self {
        Self {
            id: name.as_str().to_owned(),
            title: role.title.clone(),
            parent: role.parent.as_ref().map(|parent| parent.as_str().to_owned()),
            preset: role.preset,
            retiring: roles.find(name).is_some() && roles.grantable(name).is_none(),
            own: roles.names(&role.allowed),
            permissions: roles.names(&roles.permissions(name)),
        }
    }
}
