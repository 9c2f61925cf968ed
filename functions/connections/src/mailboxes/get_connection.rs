//! `GET /api/mailboxes/connection`

use axum::{Json, extract::State};
use vestibule_api::{ApiError, Authenticated};
use vestibule_domain::Permission;

use super::view::ConnectionView;
use crate::Connections;

/// Shows where mailboxes are made. Of a secret it is shown since when it is kept.
#[utoipa::path(get, path = "/api/mailboxes/connection", tag = "connections", responses((status = 200, body = ConnectionView)))]
pub async fn get_connection(
    State(state): State<Connections>,
    caller: Authenticated,
) -> Result<Json<ConnectionView>, ApiError> {
    let scope = caller.require(Permission::IntegrationsView)?;
    let tenant = state.api.store.tenant(&scope).settings().await?;
    Ok(Json(ConnectionView::of(&state, &tenant).await?))
}
