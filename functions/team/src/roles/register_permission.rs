//! `POST /api/admin/team/permissions`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Code, FieldProblem, Fields, Mutation, Reply};
use vestibule_domain::{CompanyName, Invalid, Permission, RegisterRefused};
use vestibule_store::RoleChange;

use super::role_body::kept_leader;

/// A permission of the organization's own applications.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterPermission {
    /// Its name: 2 to 4 words of lower-case letters, digits and underscores, dots between, at most 60 characters. It stays.
    #[schema(example = "seo.edit", max_length = 60, pattern = "^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*){1,3}$")]
    pub name: String,
    /// What it allows, in 1 to 80 characters.
    #[schema(example = "change titles for search engines", max_length = 80)]
    pub about: String,
}

/// A registered permission.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredView {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub about: String,
    /// The roles that have it by themselves.
    pub roles: Vec<String>,
}

/// Registers a permission that an application of the organization asks for. Its administrators have it from the next request,
/// no other role has it until it is given. An organization registers at most 200.
#[utoipa::path(post, path = "/api/admin/team/permissions", tag = "team", responses((status = 201, body = RegisteredView), (status = 409)))]
pub async fn register_permission(
    State(api): State<Api>,
    request: Mutation<RegisterPermission>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamRolesManage)?;
    let store = api.store.tenant(&scope);
    let before = store.find_roles_to_change(Permission::TeamRolesManage).await?;
    let mut roles = before.roles.clone();
    let mut fields = Fields::default();
    let about = fields.take("about", CompanyName::parse(&request.body.about));
    let about = about.as_ref().map(CompanyName::as_str).unwrap_or_default();
    let number = match roles.register(&request.body.name, about) {
        Err(refused @ (RegisterRefused::Name | RegisterRefused::Reserved)) => {
            fields.take("name", Err(Invalid::new(said(refused))))
        }
        Err(refused) => return Err(conflict(refused)),
        Ok(number) => Some(number).filter(|_| !about.is_empty()),
    };
    let Some(number) = number else { return Err(fields.into_error()) };
    let name = request.body.name.clone();
    let holders = roles.all().filter(|(role, _)| roles.permissions(role).contains(number));
    let holders = holders.map(|(role, _)| role.as_str().to_owned()).collect();
    let view = RegisteredView { name: name.clone(), about: about.to_owned(), roles: holders };
    let reply = Reply::new(StatusCode::CREATED, &view)?;
    let values = (json!(null), json!({ "about": about }));
    let change = RoleChange { action: "permission.register", resource: &name, values };
    kept_leader(store.change_roles(&before, roles, change, request.answer(&reply), &api.world).await?)?;
    Ok(reply)
}

fn said(refused: RegisterRefused) -> String {
    match refused {
        RegisterRefused::Name => {
            "Give 2 to 4 words of lower-case letters and digits with dots between, such as `seo.edit`."
        }
        RegisterRefused::Reserved => {
            "Begin with another word: permissions of the product itself begin with this one."
        }
        RegisterRefused::Exists => "A permission has this name already; choose another one.",
        RegisterRefused::TooMany => "There are 200 permissions already; no more can be registered.",
    }
    .to_owned()
}

fn conflict(refused: RegisterRefused) -> ApiError {
    let detail = said(refused);
    let fields = vec![FieldProblem { field: "name".to_owned(), detail: detail.clone() }];
    let code = if refused == RegisterRefused::Exists { Code::Conflict } else { Code::WrongState };
    ApiError::Problem { code, detail, fields }
}
