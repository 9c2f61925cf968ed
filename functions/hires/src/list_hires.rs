//! `GET /api/hires`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, PageQuery};
use vestibule_domain::{Hire, Permission};

use crate::view::HireItem;

/// One page of hires, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct HirePage {
    /// The hires.
    pub items: Vec<HireItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists hires with their provisioning status, newest first. One whose record cannot be read is shown by its id.
#[utoipa::path(get, path = "/api/hires", tag = "hires", responses((status = 200, body = HirePage)))]
pub async fn list_hires(
    State(api): State<Api>,
    caller: Authenticated,
    page: PageQuery,
) -> Result<Json<HirePage>, ApiError> {
    let scope = caller.require(Permission::HiresView)?;
    let found = api.store.tenant(&scope).list::<Hire>(&page.into(), &api.cursors).await??;
    let next = found.next.clone();
    Ok(Json(HirePage { items: HireItem::page(found), next }))
}
