//! `GET /api/hires`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, PageQuery, Problem};
use vestibule_domain::Permission;

use crate::view::HireView;

/// One page of hires, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct HirePage {
    /// The hires.
    pub items: Vec<HireView>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists hires with their provisioning status, newest first.
#[utoipa::path(get, path = "/api/hires", tag = "hires", params(PageQuery),
    responses((status = 200, body = HirePage), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn list_hires(
    State(api): State<Api>,
    caller: Authenticated,
    page: PageQuery,
) -> Result<Json<HirePage>, ApiError> {
    let scope = caller.require(Permission::HiresView)?;
    let found = api.store.tenant(&scope).list_hires(&page.into(), &api.cursors).await??;
    Ok(Json(HirePage { items: found.items.iter().map(HireView::from).collect(), next: found.next }))
}
