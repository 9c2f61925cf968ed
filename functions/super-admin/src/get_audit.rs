//! `GET /api/super-admin/audit/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Administrator, Api, ApiError, ApiPath};
use vestibule_audit::view::{AuditDetailView, DAMAGED};
use vestibule_auth::Grant;

/// Shows one record of the platform's log, by its number there, with the values before and after. General and promo administrators see what they
/// did themselves.
#[utoipa::path(get, path = "/api/super-admin/audit/{id}", tag = "platform",
    params(("id" = u64, Path, description = "Its place in the chain, as `number` in the list.")),
    responses((status = 200, body = AuditDetailView), (status = 409)))]
pub async fn get_platform_audit(
    State(api): State<Api>,
    ApiPath(number): ApiPath<u64>,
    caller: Administrator,
) -> Result<Json<AuditDetailView>, ApiError> {
    let scope = caller.require(Grant::ALL)?;
    let found = api.store.administration(&scope).find_audit(number).await;
    let found = found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
    Ok(Json(found.ok_or_else(ApiError::not_found)?.into()))
}
