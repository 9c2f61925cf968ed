//! `POST /api/v1/auth/logout`

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiJson, Problem, SignedIn, tokens};
use vestibule_store::{Conflict, EndSessions, StoreError, UserChange};

use crate::Sessions;

/// Which sessions to end.
#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The one of this request.
    #[default]
    This,
    /// All but the one of this request.
    Others,
    /// All.
    All,
}

/// What to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Logout {
    /// `this` when absent.
    #[serde(default)]
    pub sessions: Which,
}

/// Ends sessions. From the next request on their tokens are refused.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "sessions", request_body = Logout,
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn logout(
    State(state): State<Sessions>,
    caller: SignedIn,
    ApiJson(request): ApiJson<Logout>,
) -> Result<Response, ApiError> {
    let SignedIn { mut user, session, actor, .. } = caller;
    let (api, platform) = (&state.api, state.api.store.platform());
    let end = match request.sessions {
        Which::This => {
            let done = platform.end_family(user.id, session.id, "session.end", &actor, &api.world).await;
            match done {
                Ok(()) | Err(StoreError::Conflict(Conflict::Stale)) => {}
                Err(error) => return Err(error.into()),
            }
            EndSessions::None
        }
        Which::Others => {
            user.epoch += 1;
            EndSessions::Others(session.id)
        }
        Which::All => {
            user.epoch += 1;
            EndSessions::All
        }
    };
    if end != EndSessions::None {
        let change = UserChange { action: "user.logout", end, ..UserChange::default() };
        platform.change_user(&mut user, &change, &actor, &api.world).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if !matches!(request.sessions, Which::Others) {
        tokens::forget_cookies(&mut response);
    }
    Ok(response)
}
