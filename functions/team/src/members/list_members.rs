//! `GET /api/admin/team` and `GET /api/v1/teams/members`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Api, ApiError, Argument, Authenticated, Code, DamagedView, Description, PageQuery};
use vestibule_domain::{GroupId, MemberKind, Permission, RoleName};
use vestibule_store::{MemberFilter, Others};

use super::view::{DAMAGED, MemberItem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    role: Option<String>,
    kind: Option<String>,
    group: Option<String>,
    status: Option<String>,
    text: Option<String>,
}

/// Which members are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// Those with this role.
    #[param(example = "viewer")]
    pub role: Option<String>,
    /// Those of this kind: `team`, `creator`, `contractor` or `vendor`.
    #[param(pattern = "^(team|creator|contractor|vendor)$")]
    pub kind: Option<String>,
    /// Those of this group, by its id.
    pub group: Option<String>,
    /// `active`, `suspended`, `pending` for those who are invited, or `removed` for those who left or were removed; all but the last
    /// when absent.
    #[param(pattern = "^(active|suspended|pending|removed)$")]
    pub status: Option<String>,
    /// Those with this in name or address, in any case.
    #[param(max_length = 80)]
    pub text: Option<String>,
    /// The same, as storage takes it.
    #[param(ignore)]
    pub filter: MemberFilter,
    /// Which page of them.
    #[param(ignore)]
    pub page: PageQuery,
}

impl<S: Send + Sync> FromRequestParts<S> for MemberQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let only =
            "Only `role`, `kind`, `group`, `status`, `text`, `limit` (1 to 100) and `cursor` can be given.";
        let Query(raw) = Query::<Raw>::from_request_parts(parts, state).await.map_err(|_| refused(only))?;
        let filter = filter(&raw)?;
        let Raw { limit, cursor, role, kind, group, status, text } = raw;
        Ok(Self { role, kind, group, status, text, filter, page: PageQuery::checked(limit, cursor)? })
    }
}

impl Argument for MemberQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
        operation.parameters::<PageQuery>();
    }
}

fn refused(detail: &str) -> ApiError {
    ApiError::new(Code::ParameterInvalid, detail)
}

fn filter(raw: &Raw) -> Result<MemberFilter, ApiError> {
    let role = raw.role.clone().map(RoleName::try_from).transpose();
    let role = role.map_err(|_| refused("`role`: give the name of a role."))?;
    let kind = raw.kind.as_deref().map(MemberKind::parse).transpose();
    let kind = kind.map_err(|_| refused("`kind`: give `team`, `creator`, `contractor` or `vendor`."))?;
    let group = raw.group.as_deref().map(str::parse::<GroupId>).transpose();
    let group = group.map_err(|_| refused("`group`: give a group's id; it begins with grp_."))?;
    let (suspended, only) = match raw.status.as_deref() {
        None => (None, None),
        Some("active") => (Some(false), None),
        Some("suspended") => (Some(true), None),
        Some("removed") => (None, Some(Others::Former)),
        Some("pending") => (None, Some(Others::Invited)),
        Some(_) => return Err(refused("`status`: give `active`, `suspended`, `pending` or `removed`.")),
    };
    if raw.text.as_ref().is_some_and(|text| text.chars().count() > 80) {
        return Err(refused("`text`: give at most 80 characters."));
    }
    Ok(MemberFilter { role, kind, group, suspended, only, text: raw.text.clone() })
}

/// One page of members.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberPageView {
    /// The members, the latest accounts first; behind them those whose record cannot be read, and those who are invited.
    pub items: Vec<MemberItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists members, the latest accounts first, and behind them those whose invitation is pending. While some are looked for, up to 1,000 members are read for a page: it may then have
/// fewer than `limit`, even none, and a next one.
#[utoipa::path(get, path = "/api/admin/team", tag = "team", responses((status = 200, body = MemberPageView)))]
pub async fn list_members(
    State(api): State<Api>,
    caller: Authenticated,
    query: MemberQuery,
) -> Result<Json<MemberPageView>, ApiError> {
    let scope = caller.require(Permission::TeamView)?;
    let store = api.store.tenant(&scope);
    let found = store.list_team(&query.filter, &query.page.into(), &api.cursors, api.world.now()).await??;
    let invited = found.invited.iter().map(MemberItem::invited);
    let whole = found.items.iter().map(|listed| MemberItem::new(listed, &found.groups));
    let damaged = found.damaged.into_iter().map(|id| MemberItem::Damaged(DamagedView::new(id, DAMAGED)));
    Ok(Json(MemberPageView { items: whole.chain(damaged).chain(invited).collect(), next: found.next }))
}

/// The same as `GET /api/admin/team`.
#[utoipa::path(get, path = "/api/v1/teams/members", tag = "team", responses((status = 200, body = MemberPageView)))]
pub async fn list_team_members(
    state: State<Api>,
    caller: Authenticated,
    query: MemberQuery,
) -> Result<Json<MemberPageView>, ApiError> {
    Box::pin(list_members(state, caller, query)).await
}
