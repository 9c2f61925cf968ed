//! `GET /api/auth/context/tenants`

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, DamagedView, SignedIn};
use vestibule_domain::Tenant;
use vestibule_store::{Listed, Membership};

use crate::Sessions;

/// A tenant that the caller belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipView {
    /// The tenant's id.
    pub id: String,
    /// Its name in addresses of pages.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// The names of the caller's roles there.
    pub roles: Vec<String>,
    /// `team`, `creator`, `contractor` or `vendor`.
    pub kind: &'static str,
    /// When the caller last switched to it.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub last_used: Option<Timestamp>,
    /// Whether it is the tenant of this request's token.
    pub current: bool,
    /// Whether new sessions begin there.
    pub is_default: bool,
    /// Whether the caller may not act there at present.
    pub suspended: bool,
}

/// What to do about a membership whose record, or whose tenant's, cannot be read.
const DAMAGED: &str = "The record of this membership or of its tenant cannot be read. Leave it with \
                       `DELETE /api/auth/context/tenants/{id}`, or ask an administrator.";

/// A membership, or what is left of one; its `id` is the tenant's.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum MembershipItem {
    /// A tenant that the caller belongs to.
    Membership(MembershipView),
    /// One whose record cannot be read.
    Damaged(DamagedView),
}

/// The tenants of a person, the last used first, then by name; behind them those that cannot be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantPage {
    /// The tenants.
    pub items: Vec<MembershipItem>,
    /// Always `null`: the list is complete.
    pub next: Option<String>,
}

/// Lists the tenants that the caller can switch to.
#[utoipa::path(get, path = "/api/auth/context/tenants", tag = "context", responses((status = 200, body = TenantPage)))]
pub async fn list_tenants(
    State(state): State<Sessions>,
    caller: SignedIn,
) -> Result<Json<TenantPage>, ApiError> {
    Ok(Json(TenantPage { items: memberships(&state, &caller).await?, next: None }))
}

/// The tenants of the caller, the last used first.
pub(crate) async fn memberships(
    state: &Sessions,
    caller: &SignedIn,
) -> Result<Vec<MembershipItem>, ApiError> {
    let Listed { items: mut found, damaged } =
        state.api.store.platform().list_memberships(caller.user.id).await?;
    found.sort_by(|(a, first), (b, second)| second.last_used.cmp(&first.last_used).then(a.name.cmp(&b.name)));
    let view = |(tenant, member): (Tenant, Membership)| MembershipView {
        id: tenant.id.to_string(),
        current: caller.tenant == Some(tenant.id),
        is_default: caller.user.default_tenant == Some(tenant.id),
        suspended: member.suspended.is_some(),
        slug: tenant.slug,
        name: tenant.name,
        kind: member.kind.name(),
        last_used: member.last_used,
        roles: member.roles.into_iter().map(Into::into).collect(),
    };
    let whole = found.into_iter().map(|known| MembershipItem::Membership(view(known)));
    let broken = damaged.into_iter().map(|id| MembershipItem::Damaged(DamagedView::new(id, DAMAGED)));
    Ok(whole.chain(broken).collect())
}
