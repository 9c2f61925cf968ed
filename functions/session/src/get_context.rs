//! `GET /api/auth/context`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use http::request::Parts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{ApiError, Argument, Code, Description, Standing};
use vestibule_domain::Permission;
use vestibule_store::TenantContext;

use crate::{
    Sessions,
    list_tenants::{MembershipItem, memberships},
};

/// The tenant a person works in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantView {
    /// The tenant's id.
    pub id: String,
    /// Its name in addresses of pages.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// Its colour on pages as `#rrggbb`, if it has chosen one.
    pub color: Option<String>,
    /// The names of the caller's roles there.
    pub roles: Vec<String>,
    /// `team`, `creator`, `contractor` or `vendor`.
    pub kind: &'static str,
    /// When the caller last switched to it.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub last_used: Option<Timestamp>,
    /// What any of the roles allows, as far as the kind may.
    pub permissions: Vec<String>,
    /// Whether the tenant wants a second factor that this session lacks.
    pub second_factor_missing: bool,
}

/// What a person may do on the platform.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformView {
    /// `super_admin`, `general_admin` or `promo_admin`.
    #[schema(example = "general_admin", pattern = "^(super|general|promo)_admin$")]
    pub grant: &'static str,
    /// Whether a second factor is wanted of administrators that this session lacks.
    pub second_factor_missing: bool,
}

/// Who works where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContextView {
    /// The person's id.
    pub user: String,
    /// Their address.
    pub email: String,
    /// The tenant of the token; `null` when none is chosen or the person may no longer act there.
    pub tenant: Option<TenantView>,
    /// What the person may do on the platform; `null` for whoever is no administrator of it.
    pub platform: Option<PlatformView>,
    /// All of the person's tenants, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tenants: Option<Vec<MembershipItem>>,
}

/// What is wanted beside.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContextQuery {
    /// Whether all of the person's tenants come along, as `GET /api/auth/context/tenants` lists them.
    #[serde(default)]
    pub tenants: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for ContextQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<Self>::from_request_parts(parts, state).await;
        let refused =
            |_| ApiError::new(Code::ParameterInvalid, "Only `tenants`, `true` or `false`, can be given.");
        query.map(|Query(query)| query).map_err(refused)
    }
}

impl Argument for ContextQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
    }
}

impl TenantView {
    fn new(context: TenantContext, strong: bool) -> Self {
        let TenantContext { tenant, membership, permissions, registered } = context;
        let built_in = Permission::ALL.iter().filter(|it| permissions.contains(**it));
        let built_in = built_in.map(|it| it.name().to_owned());
        Self {
            id: tenant.id.to_string(),
            second_factor_missing: tenant.security.second_factor && !strong,
            slug: tenant.slug,
            name: tenant.name,
            color: tenant.color.map(|color| color.to_string()),
            roles: membership.roles.into_iter().map(Into::into).collect(),
            kind: membership.kind.name(),
            last_used: membership.last_used,
            permissions: built_in.chain(registered.names(&permissions)).collect(),
        }
    }
}

/// Shows the tenant of the token, with roles and permissions, and what an administrator of the platform may do there. `GET /api/auth/context/tenants` lists all of the caller's.
#[utoipa::path(get, path = "/api/auth/context", tag = "context", responses((status = 200, body = ContextView)))]
pub async fn get_context(
    State(state): State<Sessions>,
    Standing { caller, grant, second_factor_missing }: Standing,
    query: ContextQuery,
) -> Result<Json<ContextView>, ApiError> {
    let platform = state.api.store.platform();
    let tenant = async {
        match caller.tenant {
            Some(tenant) => Ok(platform.find_context(tenant, caller.user.id).await?),
            None => Ok::<_, ApiError>(None),
        }
    };
    let tenants =
        async { if query.tenants { memberships(&state, &caller).await.map(Some) } else { Ok(None) } };
    let (tenant, tenants) = futures::future::try_join(tenant, tenants).await?;
    Ok(Json(ContextView {
        user: caller.user.id.to_string(),
        email: caller.user.email.as_str().to_owned(),
        tenant: tenant.map(|context| TenantView::new(context, caller.session.strong)),
        platform: grant.map(|grant| PlatformView { grant: grant.name(), second_factor_missing }),
        tenants,
    }))
}
