//! `PUT /api/auth/context/default`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, OwnMutation, Reply};
use vestibule_domain::TenantId;
use vestibule_store::UserChange;

use crate::Sessions;

/// Where new sessions begin.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeDefault {
    /// The tenant's id; `null` for the one used last.
    pub tenant: Option<String>,
}

/// Chooses the tenant that new sessions begin in.
#[utoipa::path(put, path = "/api/auth/context/default", tag = "context", responses((status = 204), (status = 404)))]
pub async fn change_default_tenant(
    State(state): State<Sessions>,
    OwnMutation { mut caller, body, keyed }: OwnMutation<ChangeDefault>,
) -> Result<Reply, ApiError> {
    let user = &mut caller.user;
    let (api, platform) = (&state.api, state.api.store.platform());
    let tenant: Option<TenantId> =
        body.tenant.as_deref().map(str::parse).transpose().map_err(|_| ApiError::not_found())?;
    if let Some(tenant) = tenant {
        platform.find_membership(tenant, user.id).await?.ok_or_else(ApiError::not_found)?;
    }
    let values = (json!({ "default": user.default_tenant }), json!({ "default": tenant }));
    user.default_tenant = tenant;
    let reply = Reply::empty();
    let answer = keyed.answer(&reply);
    let change = UserChange { action: "user.default_tenant", values, answer, ..UserChange::default() };
    platform.change_user(user, &change, caller.principal.actor(), &api.world).await?;
    Ok(reply)
}
