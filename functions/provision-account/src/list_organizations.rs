//! `GET /api/admin/organizations`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Administrator, Api, ApiError, Argument, Code, Description, PageQuery};
use vestibule_auth::Grant;
use vestibule_domain::{RoleName, TenantId};
use vestibule_store::FoundTenant;

/// Longest text of a search.
const LONGEST: usize = 80;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    name: Option<String>,
    id: Option<String>,
}

/// Which organizations are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrganizationQuery {
    /// Those whose name has words that begin so, or whose slug does; at least two letters. Accents and case do not count. This or `id`.
    #[param(max_length = 80)]
    pub name: Option<String>,
    /// The one with this id.
    pub id: Option<String>,
    /// Which page of them.
    #[param(ignore)]
    pub page: PageQuery,
}

impl Argument for OrganizationQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
        operation.parameters::<PageQuery>();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OrganizationQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |detail: &str| ApiError::new(Code::ParameterInvalid, detail);
        let only = "Only `name`, `id`, `limit` (1 to 100) and `cursor` can be given.";
        let Query(Raw { limit, cursor, name, id }) =
            Query::<Raw>::from_request_parts(parts, state).await.map_err(|_| refused(only))?;
        if name.is_some() == id.is_some() {
            return Err(refused("Give either `name` or `id`."));
        }
        if name.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > LONGEST) {
            return Err(refused("`name`: give 1 to 80 characters."));
        }
        Ok(Self { name, id, page: PageQuery::checked(limit, cursor)? })
    }
}

/// A role that can be given.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleChoice {
    /// Its short name, as `role` of an order takes it.
    pub id: String,
    /// What people call it.
    pub title: String,
}

/// An organization that an account can be made in.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationItem {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in addresses of pages.
    pub slug: String,
    /// `free`, `platinum` or `operandi`.
    pub tier: &'static str,
    /// The roles that can be given there.
    pub roles: Vec<RoleChoice>,
}

impl From<FoundTenant> for OrganizationItem {
    fn from(FoundTenant { tenant, roles }: FoundTenant) -> Self {
        let choice = |(name, title): (RoleName, String)| RoleChoice { id: name.as_str().to_owned(), title };
        Self {
            id: tenant.id.to_string(),
            name: tenant.name,
            slug: tenant.slug,
            tier: tenant.tier.terms().name,
            roles: roles.into_iter().map(choice).collect(),
        }
    }
}

/// One page of organizations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationPage {
    /// The organizations.
    pub items: Vec<OrganizationItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Finds organizations to make an account in, by their name or by their id, with the roles that can be given there; 30 at most on a
/// page, which may have fewer than it could. Nothing else of them is told.
#[utoipa::path(get, path = "/api/admin/organizations", tag = "accounts", responses((status = 200, body = OrganizationPage)))]
pub async fn list_organizations(
    State(api): State<Api>,
    caller: Administrator,
    query: OrganizationQuery,
) -> Result<Json<OrganizationPage>, ApiError> {
    let scope = caller.require(Grant::GeneralAdmin)?;
    let store = api.store.administration(&scope);
    let OrganizationQuery { name, id, page } = query;
    let (items, next) = match (name, id) {
        (Some(name), _) => {
            let found = store.search_organizations(&name, &page.into(), &api.cursors).await??;
            (found.items, found.next)
        }
        // An id that cannot exist answers like one that does not.
        (None, id) => match id.and_then(|id| id.parse::<TenantId>().ok()) {
            Some(id) => (store.find_organization(id).await?.into_iter().collect(), None),
            None => (Vec::new(), None),
        },
    };
    Ok(Json(OrganizationPage { items: items.into_iter().map(OrganizationItem::from).collect(), next }))
}
