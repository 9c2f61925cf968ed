//! `GET /api/admin/team/invites` and `GET /api/v1/teams/invitations`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Api, ApiError, Argument, Authenticated, Code, DamagedView, Description, PageQuery};
use vestibule_domain::{InvitationState, Permission};
use vestibule_store::Invitation;

use super::{
    DAMAGED,
    view::{InvitationView, SeatsView},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    status: Option<String>,
}

/// Which invitations are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InvitationQuery {
    /// Those that are `pending`, `expired`, `accepted`, `revoked` or `declined`; all when absent.
    #[param(pattern = "^(pending|expired|accepted|revoked|declined)$")]
    pub status: Option<String>,
    /// The same, read.
    #[param(ignore)]
    pub state: Option<InvitationState>,
    /// Which page of them.
    #[param(ignore)]
    pub page: PageQuery,
}

impl<S: Send + Sync> FromRequestParts<S> for InvitationQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |detail: String| ApiError::new(Code::ParameterInvalid, detail);
        let only = "Only `status`, `limit` (1 to 100) and `cursor` can be given.";
        let Query(raw) =
            Query::<Raw>::from_request_parts(parts, state).await.map_err(|_| refused(only.to_owned()))?;
        let Raw { limit, cursor, status } = raw;
        let state = status.as_deref().map(InvitationState::parse).transpose();
        let state = state.map_err(|invalid| refused(format!("`status`: {invalid}")))?;
        Ok(Self { status, state, page: PageQuery::checked(limit, cursor)? })
    }
}

impl Argument for InvitationQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
        operation.parameters::<PageQuery>();
    }
}

/// An invitation, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are invitations")]
pub enum InvitationItem {
    /// An invitation.
    Invitation(InvitationView),
    /// One whose record cannot be read.
    Damaged(DamagedView),
}

/// One page of invitations.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationPageView {
    /// The invitations, the latest first; behind them those whose record cannot be read.
    pub items: Vec<InvitationItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// The seats of the organization.
    pub seats: SeatsView,
}

/// Lists invitations, the latest first; expired ones stay. While a status is looked for, up to 1,000 are read for a page: it may
/// then have fewer than `limit`, even none, and a next one.
#[utoipa::path(get, path = "/api/admin/team/invites", tag = "team", responses((status = 200, body = InvitationPageView)))]
pub async fn list_invitations(
    State(api): State<Api>,
    caller: Authenticated,
    query: InvitationQuery,
) -> Result<Json<InvitationPageView>, ApiError> {
    let scope = caller.require(Permission::TeamView)?;
    let (store, now) = (api.store.tenant(&scope), api.world.now());
    let wanted = |state: InvitationState| query.state.is_none_or(|wanted| wanted == state);
    let (some, page) = (query.state.is_some(), query.page.into());
    let wanted = |invitation: &Invitation| wanted(invitation.state(now));
    let found = store.list_invitations(wanted, some, &page, &api.cursors).await??;
    let whole = found.items.iter().map(|it| InvitationItem::Invitation(InvitationView::new(it, now)));
    let damaged = found.damaged.into_iter().map(|id| InvitationItem::Damaged(DamagedView::new(id, DAMAGED)));
    let items = whole.chain(damaged).collect();
    Ok(Json(InvitationPageView { items, next: found.next, seats: store.find_seats().await?.into() }))
}

/// The same as `GET /api/admin/team/invites`.
#[utoipa::path(get, path = "/api/v1/teams/invitations", tag = "team", responses((status = 200, body = InvitationPageView)))]
pub async fn list_team_invitations(
    state: State<Api>,
    caller: Authenticated,
    query: InvitationQuery,
) -> Result<Json<InvitationPageView>, ApiError> {
    list_invitations(state, caller, query).await
}
