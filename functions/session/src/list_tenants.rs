//! `GET /api/auth/context/tenants`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Problem, SignedIn};

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
    /// The caller's role there.
    pub role: String,
    /// Whether it is the tenant of this request's token.
    pub current: bool,
    /// Whether new sessions begin there.
    pub default: bool,
    /// Whether the caller may not act there at present.
    pub suspended: bool,
}

/// The tenants of a person, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantPage {
    /// The tenants.
    pub items: Vec<MembershipView>,
    /// Always `null`: the list is complete.
    pub next: Option<String>,
}

/// Lists the tenants that the caller can switch to.
#[utoipa::path(get, path = "/api/auth/context/tenants", tag = "context",
    responses((status = 200, body = TenantPage), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn list_tenants(
    State(state): State<Sessions>,
    caller: SignedIn,
) -> Result<Json<TenantPage>, ApiError> {
    let mut found = state.api.store.platform().list_memberships(caller.user.id).await?;
    found.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    let view = |(tenant, member): (vestibule_domain::Tenant, vestibule_store::Membership)| MembershipView {
        id: tenant.id.to_string(),
        current: caller.tenant == Some(tenant.id),
        default: caller.user.default_tenant == Some(tenant.id),
        suspended: member.suspended.is_some(),
        slug: tenant.slug,
        name: tenant.name,
        role: member.role,
    };
    Ok(Json(TenantPage { items: found.into_iter().map(view).collect(), next: None }))
}
