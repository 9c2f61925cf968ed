//! `GET /api/admin/team/matrix`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated};
use vestibule_domain::{Permission, PermissionNumber};

/// A permission, and which roles have it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PermissionRow {
    /// Its name.
    #[schema(example = "orders.view")]
    pub permission: String,
    /// What it allows.
    pub about: String,
    /// The roles that have it: for each the role that gives it, itself or one that it inherits from.
    #[schema(example = json!({ "buyer": "viewer", "viewer": "viewer" }))]
    pub roles: BTreeMap<String, String>,
}

/// Every permission, and which roles have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatrixView {
    /// The permissions, in their order.
    pub items: Vec<PermissionRow>,
    /// Always `null`: the matrix is complete.
    pub next: Option<String>,
}

/// Shows which role has which permission, and from where.
#[utoipa::path(get, path = "/api/admin/team/matrix", tag = "team", responses((status = 200, body = MatrixView)))]
pub async fn get_matrix(State(api): State<Api>, caller: Authenticated) -> Result<Json<MatrixView>, ApiError> {
    let scope = caller.require(Permission::TeamView)?;
    let roles = api.store.tenant(&scope).find_roles().await?.roles;
    let row = |number: PermissionNumber, permission: &str, about: &str| {
        let from = |name| roles.sources(name, number).first().map(|from| from.as_str().to_owned());
        let held = roles.all().filter_map(|(name, _)| Some((name.as_str().to_owned(), from(name)?)));
        PermissionRow { permission: permission.into(), about: about.into(), roles: held.collect() }
    };
    let built_in = Permission::ALL.iter().map(|it| row((*it).into(), it.name(), it.description()));
    let registered = roles.registered().all().map(|(number, name, about)| row(number, name, about));
    Ok(Json(MatrixView { items: built_in.chain(registered).collect(), next: None }))
}
