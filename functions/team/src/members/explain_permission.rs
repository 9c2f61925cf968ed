//! `GET /api/admin/team/{id}/permissions/{permission}`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, ApiPath, Authenticated};
use vestibule_auth::Actor;
use vestibule_domain::{Permission, PermissionNumber, RoleName, Roles, UserId};
use vestibule_store::FoundMember;

use super::view::DAMAGED;

/// A way in which a role allows something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WayView {
    /// A role of the member.
    pub role: String,
    /// The roles from that one to the one that gives the permission by itself, each inheriting from the next.
    #[schema(example = json!(["chief_buyer", "buyer"]))]
    pub through: Vec<String>,
}

/// Why a member may do something, or not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplanationView {
    /// The member's id.
    pub member: String,
    /// The permission.
    pub permission: String,
    /// What it allows.
    pub about: String,
    /// Whether the member may.
    pub allowed: bool,
    /// Every way in which their roles allow it.
    pub ways: Vec<WayView>,
    /// What stands in the way; empty when the member may.
    pub missing: Vec<String>,
    /// The roles that would allow it.
    pub given_by: Vec<String>,
}

/// Explains whether a member may do something: every role and step of inheritance that allows it, or what is missing. Whoever
/// does not see the team is told about themselves, without the roles that would give it.
#[utoipa::path(get, path = "/api/admin/team/{id}/permissions/{permission}", tag = "team", params(
    ("id" = String, Path, description = "The member's id.", pattern = "^usr_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
    ("permission" = String, Path, description = "The name of a permission.", example = "orders.view"),
), responses((status = 200, body = ExplanationView), (status = 409)))]
pub async fn explain_permission(
    State(api): State<Api>,
    ApiPath((id, permission)): ApiPath<(UserId, String)>,
    caller: Authenticated,
) -> Result<Json<ExplanationView>, ApiError> {
    let (scope, seen) = match caller.require(Permission::TeamView) {
        Ok(scope) => (scope, true),
        // Whoever may not see the team may still ask about themselves.
        Err(refusal) => match caller.require(Permission::OwnView) {
            Ok(scope) if matches!(scope.actor(), Actor::User { id: own, .. } if *own == id) => (scope, false),
            _ => return Err(refusal.into()),
        },
    };
    let found = api.store.tenant(&scope).find_member(id).await;
    let found =
        found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?.ok_or_else(ApiError::not_found)?;
    let roles = &found.roles.roles;
    let number = roles.permission(&permission).ok_or_else(ApiError::not_found)?;
    let ways: Vec<_> = found.member.roles.iter().flat_map(|role| ways(roles, role, number)).collect();
    let missing = missing(&found, number, ways.is_empty());
    let given_by = roles.all().filter(|(role, _)| roles.permissions(role).contains(number));
    Ok(Json(ExplanationView {
        member: id.to_string(),
        about: about(roles, &permission),
        permission,
        allowed: missing.is_empty(),
        ways,
        missing,
        given_by: given_by.filter(|_| seen).map(|(role, _)| role.as_str().to_owned()).collect(),
    }))
}

/// Each role of the line that gives the permission by itself, with the steps up to it.
fn ways(roles: &Roles, role: &RoleName, number: PermissionNumber) -> Vec<WayView> {
    let line = roles.line(role);
    let sources = roles.sources(role, number);
    let to = |end: usize| line[..=end].iter().map(|role| role.as_str().to_owned()).collect();
    let ends = (0..line.len()).filter(|end| sources.contains(&line[*end]));
    ends.map(|end| WayView { role: role.as_str().to_owned(), through: to(end) }).collect()
}

fn missing(found: &FoundMember, number: PermissionNumber, no_way: bool) -> Vec<String> {
    let member = &found.member;
    let mut missing = Vec::new();
    if no_way {
        missing.push("None of the member's roles allows it.".to_owned());
    } else if !found.roles.permissions(member).contains(number) {
        missing.push(format!("The kind `{}` sees nothing of the team.", member.kind.name()));
    }
    if member.suspended.is_some() {
        missing.push("The member is suspended.".to_owned());
    }
    missing
}

fn about(roles: &Roles, name: &str) -> String {
    let registered =
        || roles.registered().all().find(|(_, known, _)| *known == name).map(|(.., about)| about);
    let built_in = Permission::find(name).map(Permission::description);
    built_in.or_else(registered).unwrap_or_default().to_owned()
}
