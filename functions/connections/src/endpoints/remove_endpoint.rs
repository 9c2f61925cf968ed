//! `DELETE /api/esign/endpoints/{id}`

use axum::extract::State;
use serde_json::json;
use vestibule_api::{ApiError, ApiPath, Mutation, Nothing, Reply};
use vestibule_domain::{EndpointId, Permission, SecretId};
use vestibule_store::{EndpointChange, LooseSecret, SecretMoves};

use crate::{Connections, vault};

/// Removes an endpoint with its keys; its address answers 404 from then on.
#[utoipa::path(delete, path = "/api/esign/endpoints/{id}", tag = "connections", responses((status = 204), (status = 409)))]
pub async fn remove_esign_endpoint(
    State(state): State<Connections>,
    ApiPath(id): ApiPath<EndpointId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::IntegrationsManage)?;
    let (store, world) = (state.api.store.tenant(&scope), &state.api.world);
    let read = store.find_esign_endpoints().await?;
    let vendor = read.endpoint(id).ok_or_else(ApiError::not_found)?.vendor.clone();
    vault::tidy(&state, &store).await?;
    let loose = LooseSecret::new(SecretId::new(world), format!("{}{id}", state.esign_prefix), world);
    let reply = Reply::empty();
    let change = EndpointChange {
        action: "esign.endpoint.remove",
        endpoint: id,
        values: (json!({ "vendor": vendor }), json!(null)),
        moves: SecretMoves { named: None, loosened: Some(loose.clone()) },
        answer: request.answer(&reply),
    };
    let endpoints = read.endpoints.iter().filter(|it| it.id != id).cloned().collect();
    store.change_esign_endpoints(&read, endpoints, change, world).await?;
    vault::remove(&state, &store, (loose.id, &loose.name)).await;
    Ok(reply)
}
