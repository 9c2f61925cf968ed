//! `GET /api/esign/endpoints/{id}/deliveries`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Authenticated, PageQuery};
use vestibule_domain::{EndpointId, Permission};

use super::view::EsignDeliveryItem;
use crate::Connections;

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct EsignDeliveryPage {
    /// The deliveries.
    pub items: Vec<EsignDeliveryItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists what came in at an endpoint within 30 days and was signed by one of its keys, newest first, with what became of it.
#[utoipa::path(get, path = "/api/esign/endpoints/{id}/deliveries", tag = "connections", responses((status = 200, body = EsignDeliveryPage)))]
pub async fn list_esign_deliveries(
    State(state): State<Connections>,
    ApiPath(id): ApiPath<EndpointId>,
    caller: Authenticated,
    page: PageQuery,
) -> Result<Json<EsignDeliveryPage>, ApiError> {
    let scope = caller.require(Permission::IntegrationsView)?;
    let store = state.api.store.tenant(&scope);
    store.find_esign_endpoints().await?.endpoint(id).ok_or_else(ApiError::not_found)?;
    let found = store.list_deliveries(id, &page.into(), &state.api.cursors).await??;
    let next = found.next.clone();
    Ok(Json(EsignDeliveryPage { items: EsignDeliveryItem::page(found), next }))
}
