//! `DELETE /api/v1/auth/sessions/{id}`

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{ApiError, ApiPath, Problem, SignedIn};
use vestibule_domain::SessionId;
use vestibule_store::{Conflict, StoreError};

use crate::Sessions;

/// Ends one of the caller's sessions. From its next request on its tokens are refused.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The session's id")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn end_session(
    State(state): State<Sessions>,
    caller: SignedIn,
    ApiPath(id): ApiPath<SessionId>,
) -> Result<StatusCode, ApiError> {
    let platform = state.api.store.platform();
    let ended = platform.end_family(caller.user.id, id, "session.end", &caller.actor, &state.api.world).await;
    match ended {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(StoreError::Conflict(Conflict::Stale)) => Err(ApiError::not_found()),
        Err(error) => Err(error.into()),
    }
}
