//! `PUT /api/auth/context/default`

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiJson, Problem, SignedIn};
use vestibule_domain::TenantId;
use vestibule_store::UserChange;

use crate::Sessions;

/// Where new sessions begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeDefault {
    /// The tenant's id; `null` for the one used last.
    pub tenant: Option<String>,
}

/// Chooses the tenant that new sessions begin in.
#[utoipa::path(put, path = "/api/auth/context/default", tag = "context", request_body = ChangeDefault,
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn change_default_tenant(
    State(state): State<Sessions>,
    caller: SignedIn,
    ApiJson(request): ApiJson<ChangeDefault>,
) -> Result<StatusCode, ApiError> {
    let SignedIn { mut user, actor, .. } = caller;
    let (api, platform) = (&state.api, state.api.store.platform());
    let tenant: Option<TenantId> =
        request.tenant.as_deref().map(str::parse).transpose().map_err(|_| ApiError::not_found())?;
    if let Some(tenant) = tenant {
        platform.find_membership(tenant, user.id).await?.ok_or_else(ApiError::not_found)?;
    }
    let values = (json!({ "default": user.default_tenant }), json!({ "default": tenant }));
    user.default_tenant = tenant;
    let change = UserChange { action: "user.default_tenant", values, ..UserChange::default() };
    platform.change_user(&mut user, &change, &actor, &api.world).await?;
    Ok(StatusCode::NO_CONTENT)
}
