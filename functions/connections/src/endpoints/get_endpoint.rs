//! `GET /api/esign/endpoints/{id}`

use axum::{Json, extract::State};
use vestibule_api::{ApiError, ApiPath, Authenticated};
use vestibule_domain::{EndpointId, Permission};

use super::view::EsignEndpointView;
use crate::Connections;

/// Shows an endpoint.
#[utoipa::path(get, path = "/api/esign/endpoints/{id}", tag = "connections", responses((status = 200, body = EsignEndpointView)))]
pub async fn get_esign_endpoint(
    State(state): State<Connections>,
    ApiPath(id): ApiPath<EndpointId>,
    caller: Authenticated,
) -> Result<Json<EsignEndpointView>, ApiError> {
    let scope = caller.require(Permission::IntegrationsView)?;
    let found = state.api.store.tenant(&scope).find_esign_endpoints().await?;
    let endpoint = found.endpoint(id).ok_or_else(ApiError::not_found)?;
    Ok(Json(EsignEndpointView::of(&state, endpoint)))
}
