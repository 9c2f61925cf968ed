//! `DELETE /api/auth/context/tenants/{id}`

use axum::extract::State;
use serde_json::json;
use vestibule_api::{ApiError, ApiPath, Code, Nothing, OwnMutation, Reply};
use vestibule_domain::TenantId;
use vestibule_store::{Conflict, Leaving, StoreError, UserChange};

use crate::Sessions;

/// Ends the caller's membership in a tenant. The last administrator cannot leave.
#[utoipa::path(delete, path = "/api/auth/context/tenants/{id}", tag = "context", responses((status = 204)))]
pub async fn leave_tenant(
    State(state): State<Sessions>,
    ApiPath(tenant): ApiPath<TenantId>,
    OwnMutation { mut caller, keyed, .. }: OwnMutation<Nothing>,
) -> Result<Reply, ApiError> {
    let user = &mut caller.user;
    let (api, platform) = (&state.api, state.api.store.platform());
    let last = "You are the last administrator who can sign in; make somebody else one first.";
    let leave = match platform.prepare_leaving(tenant, user.id).await? {
        Leaving::Allowed(leave) => leave,
        Leaving::LastAdministrator => return Err(ApiError::new(Code::WrongState, last)),
        Leaving::NotMember => return Err(ApiError::not_found()),
    };
    user.default_tenant = user.default_tenant.filter(|default| *default != tenant);
    user.last_tenant = user.last_tenant.filter(|last| *last != tenant);
    let values = (json!({ "tenant": tenant }), json!(null));
    let reply = Reply::empty();
    let change = UserChange {
        action: "member.leave",
        values,
        leave: Some(*leave),
        answer: keyed.answer(&reply),
        ..UserChange::default()
    };
    match platform.change_user(user, &change, caller.principal.actor(), &api.world).await {
        Ok(()) => Ok(reply),
        Err(StoreError::Conflict(Conflict::NotMember)) => Err(ApiError::not_found()),
        Err(error) => Err(error.into()),
    }
}
