//! What a role is to be, read from a body; and what is said when the roles do not take it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, FieldProblem, Fields};
use vestibule_domain::{CompanyName, Invalid, PermissionSet, Role, RoleName, RoleRefused, Roles, Tier};
use vestibule_store::Placed;

/// A role of the organization's own.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleBody {
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

impl RoleBody {
    /// The role; problems are noted in `fields`.
    pub(crate) fn read(&self, roles: &Roles, fields: &mut Fields) -> Option<Role> {
        read((&self.title, self.parent.as_deref(), &self.permissions), roles, fields)
    }
}

/// The role of this title, parent and permissions; problems are noted in `fields`.
pub(crate) fn read(
    (title, parent, permissions): (&str, Option<&str>, &[String]),
    roles: &Roles,
    fields: &mut Fields,
) -> Option<Role> {
    let title = fields.take("title", CompanyName::parse(title));
    let parent = fields.take("parent", parent.map(|name| known(name, roles)).transpose());
    let allowed = fields.take("permissions", named(permissions, roles));
    let title = title?.as_str().to_owned();
    Some(Role { title, parent: parent?, allowed: allowed?, preset: false, takes_registered: false })
}

/// The role of this name, if a role can inherit from it.
fn known(name: &str, roles: &Roles) -> Result<RoleName, Invalid> {
    let found = RoleName::try_from(name.to_owned()).ok().filter(|name| roles.grantable(name).is_some());
    found.ok_or_else(|| Invalid::new("No role has this name, or it is being removed."))
}

fn named(names: &[String], roles: &Roles) -> Result<PermissionSet, Invalid> {
    let found: Option<PermissionSet> = names.iter().map(|name| roles.permission(name)).collect();
    found.ok_or_else(|| {
        Invalid::new("Give names of permissions, such as `orders.view`; the matrix lists them.")
    })
}

/// What the audit log tells of a role.
pub(crate) fn told(roles: &Roles, role: Option<&Role>) -> Value {
    role.map_or(Value::Null, |role| {
        json!({ "title": role.title, "parent": role.parent, "permissions": roles.names(&role.allowed) })
    })
}

/// The answer to a refused change.
pub(crate) fn refused(refusal: &RoleRefused, roles: &Roles) -> ApiError {
    let field = |field: &str, detail: String| {
        let problem = FieldProblem { field: field.to_owned(), detail: detail.clone() };
        ApiError::Problem { code: Code::Invalid, detail, fields: vec![problem] }
    };
    match refusal {
        RoleRefused::Unknown => ApiError::not_found(),
        RoleRefused::Exists => {
            let detail = "A role has this name already; choose another one.".to_owned();
            let problem = FieldProblem { field: "id".to_owned(), detail: detail.clone() };
            ApiError::Problem { code: Code::Conflict, detail, fields: vec![problem] }
        }
        RoleRefused::Preset => {
            let detail = "This role came with the kind of business and stays as it is; make one of your own.";
            ApiError::new(Code::WrongState, detail)
        }
        RoleRefused::HasChildren => ApiError::new(
            Code::WrongState,
            "Other roles inherit from this one; give them another parent first.",
        ),
        RoleRefused::TooMany => ApiError::new(Code::WrongState, "Remove a role first: there are 100."),
        RoleRefused::UnknownParent => field("parent", "No role has this name.".to_owned()),
        RoleRefused::Cycle => field("parent", "The role would inherit from itself.".to_owned()),
        RoleRefused::TooDeep => field("parent", "At most 8 roles inherit from each other.".to_owned()),
        RoleRefused::Exceeds(more) => ApiError::new(
            Code::Forbidden,
            format!("You cannot hand out what you do not hold: {}.", roles.names(more).join(", ")),
        ),
        RoleRefused::Stronger(more) => ApiError::new(
            Code::Forbidden,
            format!("This allows what you do not hold: {}.", roles.names(more).join(", ")),
        ),
    }
}

/// What is said when nobody would be left who may do everything.
pub(crate) fn kept_leader(placed: Placed) -> Result<(), ApiError> {
    let last = "Nobody would be left who may do everything; give somebody the first role of the kind of business before.";
    match placed {
        Placed::Done => Ok(()),
        Placed::LastAdministrator => Err(ApiError::new(Code::WrongState, last)),
    }
}

/// Whether an organization of this tier makes roles of its own.
pub(crate) fn has_own_roles(tier: Tier) -> Result<(), ApiError> {
    if tier.terms().own_roles {
        return Ok(());
    }
    let detail = format!(
        "The tier `{}` has no roles of its own; change it with `PUT /api/v1/workspace/subscription`.",
        tier.terms().name
    );
    Err(ApiError::new(Code::WrongState, detail))
}
