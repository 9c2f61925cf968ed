//! `DELETE /api/v1/auth/sessions/{id}`

use axum::extract::State;
use vestibule_api::{ApiError, ApiPath, Nothing, OwnMutation, Reply};
use vestibule_domain::SessionId;
use vestibule_store::{Conflict, StoreError};

use crate::Sessions;

/// Ends one of the caller's sessions. From its next request on its tokens are refused.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "sessions", responses((status = 204)))]
pub async fn end_session(
    State(state): State<Sessions>,
    ApiPath(id): ApiPath<SessionId>,
    OwnMutation { caller, keyed, .. }: OwnMutation<Nothing>,
) -> Result<Reply, ApiError> {
    let (api, actor, reply) = (&state.api, caller.principal.actor(), Reply::empty());
    let (platform, answer) = (api.store.platform(), keyed.answer(&reply));
    let tenant = platform.session_tenant(caller.user.id, id).await?.ok_or_else(ApiError::not_found)?;
    let session = (caller.user.id, id, tenant);
    match platform.end_family(session, "session.end", actor, answer, &api.world).await {
        Ok(()) => Ok(reply),
        Err(StoreError::Conflict(Conflict::Stale)) => Err(ApiError::not_found()),
        Err(error) => Err(error.into()),
    }
}
