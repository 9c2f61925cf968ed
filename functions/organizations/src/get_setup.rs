//! `GET /api/v1/organizations/{id}/setup`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated};
use vestibule_domain::{Permission, TenantId};

use crate::setup_view::SetupView;

/// Shows how far the organization is set up: what was saved, what is missing.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/setup", tag = "organizations", responses((status = 200, body = SetupView)))]
pub async fn get_setup(
    State(api): State<Api>,
    ApiPath(id): ApiPath<TenantId>,
    caller: Authenticated,
) -> Result<Json<SetupView>, ApiError> {
    let scope = caller.require(Permission::TenantSettingsView)?;
    if scope.tenant() != id {
        return Err(ApiError::not_found());
    }
    let sees_billing = caller.require(Permission::TenantBillingView).is_ok();
    Ok(Json(SetupView::new(&api.store.tenant(&scope).find_organization().await?, sees_billing)))
}
