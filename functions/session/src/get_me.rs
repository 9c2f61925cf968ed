//! `GET /api/v1/auth/me`

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, SignedIn};
use vestibule_domain::User;

/// The person who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeView {
    /// The person's id.
    pub id: String,
    /// Their address.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// `active`, and since when and by whom.
    pub status: StatusView,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// Recovery codes left.
    pub recovery_codes: usize,
    /// Outside providers that sign them in.
    pub connections: Vec<String>,
    /// The tenant of the token, if any.
    pub tenant: Option<String>,
    /// The tenant a new session begins in, if chosen.
    pub default_tenant: Option<String>,
    /// When their picture was set (RFC 3339), if there is one: `GET /api/v1/auth/me/avatar`.
    pub avatar: Option<String>,
    /// The session of this request.
    pub session: String,
    /// When they first proved their address (RFC 3339).
    pub created: String,
}

/// Whether a person may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    /// `invited`, `active`, `suspended`, `locked` or `removed`.
    pub state: String,
    /// Since when (RFC 3339).
    pub since: String,
    /// A person's id or the name of a system task.
    pub by: String,
}

impl MeView {
    /// The view of a signed-in person.
    pub fn new(caller: &SignedIn) -> Self {
        let SignedIn { user, session, tenant, .. } = caller;
        Self {
            id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            name: user.name.as_str().to_owned(),
            status: status(user),
            second_factor: user.second_factor().is_some(),
            recovery_codes: user.recovery.len(),
            connections: user.connections.iter().map(|connection| connection.provider.clone()).collect(),
            tenant: tenant.map(|tenant| tenant.to_string()),
            default_tenant: user.default_tenant.map(|tenant| tenant.to_string()),
            avatar: user.avatar.map(|set| set.to_string()),
            session: session.id.to_string(),
            created: user.created.to_string(),
        }
    }
}

fn status(user: &User) -> StatusView {
    StatusView {
        state: user.status.state.name().to_owned(),
        since: user.status.since.to_string(),
        by: user.status.by.clone(),
    }
}

/// Shows who is signed in.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "profile", responses((status = 200, body = MeView)))]
pub async fn get_me(caller: SignedIn) -> Result<Json<MeView>, ApiError> {
    Ok(Json(MeView::new(&caller)))
}
