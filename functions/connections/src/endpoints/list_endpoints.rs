//! `GET /api/esign/endpoints`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Authenticated};
use vestibule_domain::Permission;

use super::view::EsignEndpointView;
use crate::Connections;

/// The endpoints of a business, by age.
#[derive(Debug, Serialize, ToSchema)]
pub struct EsignEndpointPage {
    /// The endpoints.
    pub items: Vec<EsignEndpointView>,
    /// Always `null`: the list is complete.
    pub next: Option<String>,
}

/// Lists the endpoints for events of e-sign vendors. Keys are not shown.
#[utoipa::path(get, path = "/api/esign/endpoints", tag = "connections", responses((status = 200, body = EsignEndpointPage)))]
pub async fn list_esign_endpoints(
    State(state): State<Connections>,
    caller: Authenticated,
) -> Result<Json<EsignEndpointPage>, ApiError> {
    let scope = caller.require(Permission::IntegrationsView)?;
    let found = state.api.store.tenant(&scope).find_esign_endpoints().await?;
    let items = found.endpoints.iter().map(|it| EsignEndpointView::of(&state, it)).collect();
    Ok(Json(EsignEndpointPage { items, next: None }))
}
