//! `GET /api/v1/auth/sessions`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, DamagedView, SignedIn, newest_first};
use vestibule_domain::SessionId;
use vestibule_store::Session;

use crate::Sessions;

/// One session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// The session's id.
    pub id: String,
    /// Whether it is the one of this request.
    pub current: bool,
    /// How it began, such as `password`, `magic_link` or `google`.
    pub method: String,
    /// Whether a second factor was given.
    pub second_factor: bool,
    /// The device's own words.
    pub device: Option<String>,
    /// The source address it began from.
    pub address: Option<String>,
    /// The tenant it works in.
    pub tenant: Option<String>,
    /// When it began (RFC 3339).
    pub created: String,
    /// When its tokens were last refreshed (RFC 3339).
    pub last_used: String,
    /// It ends then at the latest (RFC 3339).
    pub expires: String,
}

impl SessionView {
    fn new(session: &Session, current: SessionId) -> Self {
        let device = session.device.clone().unwrap_or_default();
        Self {
            id: session.id.to_string(),
            current: session.id == current,
            method: session.method.clone(),
            second_factor: session.strong,
            device: device.agent,
            address: device.address,
            tenant: session.tenant.map(|tenant| tenant.to_string()),
            created: session.created.to_string(),
            last_used: session.refreshed.unwrap_or(session.created).to_string(),
            expires: session.expires.to_string(),
        }
    }
}

/// What to do about a session whose record cannot be read.
const DAMAGED: &str =
    "The record of this session cannot be read. End it with `DELETE /api/v1/auth/sessions/{id}`.";

/// A session, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SessionItem {
    /// A session.
    Session(SessionView),
    /// A session whose record cannot be read.
    Damaged(DamagedView),
}

impl SessionItem {
    fn id(&self) -> String {
        match self {
            Self::Session(session) => session.id.clone(),
            Self::Damaged(damaged) => damaged.id.clone(),
        }
    }
}

/// A person's sessions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionPage {
    /// The sessions.
    pub items: Vec<SessionItem>,
    /// Always `null`: the list is complete.
    pub next: Option<String>,
}

/// Lists the sessions that are alive, with device, address and last use. One whose record cannot be read
/// is shown by its id.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "sessions", responses((status = 200, body = SessionPage)))]
pub async fn list_sessions(
    State(state): State<Sessions>,
    caller: SignedIn,
) -> Result<Json<SessionPage>, ApiError> {
    let api = &state.api;
    let found = api.store.platform().list_sessions(caller.user.id, api.world.now()).await?;
    let alive = found.items.iter().filter(|session| session.epoch == caller.user.epoch);
    let whole = alive.map(|session| SessionItem::Session(SessionView::new(session, caller.session.id)));
    let broken = |id| SessionItem::Damaged(DamagedView::new(id, DAMAGED));
    let items = newest_first(whole.collect(), found.damaged, SessionItem::id, broken);
    Ok(Json(SessionPage { items, next: None }))
}
