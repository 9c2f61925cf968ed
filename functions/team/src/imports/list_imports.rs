//! `GET /api/v1/teams/imports`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, PageQuery};
use vestibule_domain::Permission;

use super::view::ImportView;

/// One page of imports.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPageView {
    /// The imports, newest first.
    pub items: Vec<ImportView>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists imports, newest first. Up to 1,000 jobs of any kind are read for a page: it may then have fewer than `limit`, even none, and a
/// next one. One whose record cannot be read is left out.
#[utoipa::path(get, path = "/api/v1/teams/imports", tag = "team", responses((status = 200, body = ImportPageView)))]
pub async fn list_imports(
    State(api): State<Api>,
    caller: Authenticated,
    page: PageQuery,
) -> Result<Json<ImportPageView>, ApiError> {
    let scope = caller.require(Permission::TeamInvite)?;
    let found = Box::pin(api.store.tenant(&scope).list_imports(&page.into(), &api.cursors)).await??;
    Ok(Json(ImportPageView { items: found.items.iter().map(ImportView::from).collect(), next: found.next }))
}
