//! `POST /api/esign/events/{id}/drop`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, ApiPath, Code, Mutation, Reply};
use vestibule_domain::{EsignEventId, Permission};
use vestibule_store::EventOutcome;

use crate::esign_event_view::{DAMAGED, EsignEventView};

/// No fields.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DropEsignEvent {}

/// Takes an event from the list of those that wait for a person. No document changes.
#[utoipa::path(post, path = "/api/esign/events/{id}/drop", tag = "esign", responses((status = 200, body = EsignEventView)))]
pub async fn drop_esign_event(
    State(api): State<Api>,
    ApiPath(id): ApiPath<EsignEventId>,
    request: Mutation<DropEsignEvent>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    let store = api.store.tenant(&scope);
    let damaged = |error| ApiError::if_damaged(error, DAMAGED);
    let event = store.find_esign_event(id).await.map_err(damaged)?.ok_or_else(ApiError::not_found)?;
    if event.outcome != EventOutcome::Unmatched {
        let detail = format!("This event is {} already.", event.outcome.name());
        return Err(ApiError::new(Code::WrongState, detail));
    }
    let dropped = event.dropped(api.world.now());
    let reply = Reply::new(StatusCode::OK, &EsignEventView::from(&dropped))?;
    store.drop_esign_event(&event, request.answer(&reply), &api.world).await?;
    Ok(reply)
}
