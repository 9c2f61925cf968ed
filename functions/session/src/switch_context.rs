//! `POST /api/auth/context/switch`

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Delivery, Grant, OwnMutation, TokensView, deliver, kept_tokens};
use vestibule_domain::TenantId;
use vestibule_store::{Conflict, StoreError, UserChange};

use crate::Sessions;

/// Where to go.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SwitchContext {
    /// The tenant's id.
    pub tenant: String,
}

/// Takes the session to another tenant without signing in again: answers with an access token for
/// it; the refresh token stays. The tenant is remembered for the next sign-in.
#[utoipa::path(post, path = "/api/auth/context/switch", tag = "context", responses((status = 200, body = TokensView), (status = 404)))]
pub async fn switch_context(
    State(state): State<Sessions>,
    OwnMutation { mut caller, body, keyed }: OwnMutation<SwitchContext>,
) -> Result<Response, ApiError> {
    let (api, user, session) = (&state.api, &mut caller.user, &caller.session);
    let tenant: TenantId = body.tenant.parse().map_err(|_| ApiError::not_found())?;
    user.last_tenant = Some(tenant);
    let grant = Grant { user: user.id, session: session.id, tenant: Some(tenant), ends: session.expires };
    let change = UserChange {
        action: "session.switch",
        answer: keyed.answer(&kept_tokens(&grant, Delivery::of(caller.by_cookie), false)?),
        // Told in the tenant's log, which says nothing of another tenant.
        values: (json!(null), json!({ "tenant": tenant, "session": session.id })),
        switch: Some((session.id, tenant)),
        ..UserChange::default()
    };
    match api.store.platform().change_user(user, &change, caller.principal.actor(), &api.world).await {
        Ok(()) => {}
        // The same answer for a tenant that does not exist and for one that is not theirs.
        Err(StoreError::Conflict(Conflict::NotMember)) => return Err(ApiError::not_found()),
        Err(error) => return Err(error.into()),
    }
    deliver(api, &state.signer, &grant, None, Delivery::of(caller.by_cookie)).await
}
