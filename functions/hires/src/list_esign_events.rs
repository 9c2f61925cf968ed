//! `GET /api/esign/events`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Api, ApiError, Argument, Authenticated, Code, DamagedView, Description, PageQuery};
use vestibule_domain::Permission;
use vestibule_store::EventOutcome;

use crate::esign_event_view::{DAMAGED, EsignEventView};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    outcome: Option<String>,
}

/// Which events are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EsignEventQuery {
    /// `unmatched`, `matched` or `dropped`; all when absent, the unmatched ones first.
    #[param(value_type = Option<String>)]
    pub outcome: Option<EventOutcome>,
    /// Which page of them.
    #[param(ignore)]
    pub page: PageQuery,
}

impl<S: Send + Sync> FromRequestParts<S> for EsignEventQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |detail: &str| ApiError::new(Code::ParameterInvalid, detail);
        let Query(raw) = Query::<Raw>::from_request_parts(parts, state)
            .await
            .map_err(|_| refused("Only `outcome`, `limit` (1 to 100) and `cursor` can be given."))?;
        let outcome = raw.outcome.map(|name| {
            let found = EventOutcome::ALL.into_iter().find(|outcome| outcome.name() == name);
            found.ok_or_else(|| refused("`outcome`: give `unmatched`, `matched` or `dropped`."))
        });
        Ok(Self { outcome: outcome.transpose()?, page: PageQuery::checked(raw.limit, raw.cursor)? })
    }
}

impl Argument for EsignEventQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
        operation.parameters::<PageQuery>();
    }
}

/// An event, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EsignEventItem {
    /// An event.
    Event(EsignEventView),
    /// An event whose record cannot be read.
    Damaged(DamagedView),
}

/// One page of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EsignEventPage {
    /// The events, those whose record cannot be read behind the others.
    pub items: Vec<EsignEventItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists e-sign events that fitted no document when they came, newest first by the provider's clock; those without
/// a time are last.
#[utoipa::path(get, path = "/api/esign/events", tag = "esign", responses((status = 200, body = EsignEventPage)))]
pub async fn list_esign_events(
    State(api): State<Api>,
    caller: Authenticated,
    query: EsignEventQuery,
) -> Result<Json<EsignEventPage>, ApiError> {
    let scope = caller.require(Permission::HiresView)?;
    let store = api.store.tenant(&scope);
    let found = store.list_esign_events(query.outcome, &query.page.into(), &api.cursors).await??;
    let whole = found.items.iter().map(|event| EsignEventItem::Event(event.into()));
    let damaged = found.damaged.into_iter().map(|id| EsignEventItem::Damaged(DamagedView::new(id, DAMAGED)));
    let items = whole.chain(damaged).collect();
    Ok(Json(EsignEventPage { items, next: found.next }))
}
