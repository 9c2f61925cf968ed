//! `GET /api/audit/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated};
use vestibule_domain::{AuditId, Permission};

use crate::view::{AuditDetailView, DAMAGED};

/// Shows one record with the values before and after.
#[utoipa::path(get, path = "/api/audit/{id}", tag = "audit", responses((status = 200, body = AuditDetailView), (status = 409)))]
pub async fn get_record(
    State(api): State<Api>,
    ApiPath(id): ApiPath<AuditId>,
    caller: Authenticated,
) -> Result<Json<AuditDetailView>, ApiError> {
    let scope = caller.require(Permission::AuditView)?;
    let found = api.store.tenant(&scope).find_audit(id).await;
    let found = found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
    Ok(Json(found.ok_or_else(ApiError::not_found)?.into()))
}
