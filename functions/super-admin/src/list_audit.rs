//! `GET /api/super-admin/audit`

use axum::{Json, extract::State};
use vestibule_api::{Administrator, Api, ApiError};
use vestibule_audit::list_records::{AuditPageView, AuditQuery};
use vestibule_auth::Grant;

/// Lists what was done on the platform and in no organization, newest first: by its administrators, by persons to their own accounts, and with
/// addresses. Without `from` of the seven days before `to`, or before now. General and promo administrators see what they did themselves. While some
/// records are looked for, up to 600 are read for a page: it may then have fewer than `limit`, even none, and a next one.
#[utoipa::path(get, path = "/api/super-admin/audit", tag = "platform", responses((status = 200, body = AuditPageView)))]
pub async fn list_platform_audit(
    State(api): State<Api>,
    caller: Administrator,
    query: AuditQuery,
) -> Result<Json<AuditPageView>, ApiError> {
    let scope = caller.require(Grant::ALL)?;
    let (filter, page) = query.read()?;
    let store = api.store.administration(&scope);
    let found = store.search_audit(&filter, &page, &api.cursors, api.world.now()).await??;
    Ok(Json(found.into()))
}
