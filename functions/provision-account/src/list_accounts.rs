//! `GET /api/admin/users` and `GET /api/admin/users/{id}`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Administrator, Api, ApiError, ApiPath, Argument, Code, Description, PageQuery};
use vestibule_auth::Grant;
use vestibule_domain::{Account, Email, Tier, UserId, UserState};
use vestibule_store::{AccountFilter, Page};

use crate::account_view::{AccountItem, AccountView, DAMAGED};

/// Longest text of a search.
const LONGEST: usize = 80;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    status: Option<String>,
    tier: Option<String>,
    name: Option<String>,
    email: Option<String>,
}

/// Which accounts are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// Those in this state.
    #[param(pattern = "^(invited|active|suspended|removed)$")]
    pub status: Option<String>,
    /// Those with this tier.
    #[param(pattern = "^(free|platinum|operandi)$")]
    pub tier: Option<String>,
    /// Those of people whose name has words that begin so, at least three letters of one; accents and case do not count.
    #[param(max_length = 80)]
    pub name: Option<String>,
    /// The one with this very address; nothing else but it can be given then.
    pub email: Option<String>,
    /// The same, as storage takes it.
    #[param(ignore)]
    pub filter: AccountFilter,
    /// The address, read.
    #[param(ignore)]
    pub address: Option<Email>,
    /// Which page of them.
    #[param(ignore)]
    pub page: PageQuery,
}

impl Argument for AccountQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
        operation.parameters::<PageQuery>();
    }
}

fn refused(detail: &str) -> ApiError {
    ApiError::new(Code::ParameterInvalid, detail)
}

impl<S: Send + Sync> FromRequestParts<S> for AccountQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let only = "Only `status`, `tier`, `name`, `email`, `limit` (1 to 100) and `cursor` can be given.";
        let Query(raw) = Query::<Raw>::from_request_parts(parts, state).await.map_err(|_| refused(only))?;
        let filter = filter(&raw)?;
        let Raw { limit, cursor, status, tier, name, email } = raw;
        let alone = status.is_none() && tier.is_none() && name.is_none();
        let address = email.as_deref().map(Email::parse).transpose();
        let address = address.map_err(|invalid| refused(&format!("`email`: {invalid}")))?;
        if address.is_some() && !alone {
            return Err(refused("`email` finds one account; leave `status`, `tier` and `name` out."));
        }
        Ok(Self { status, tier, name, email, filter, address, page: PageQuery::checked(limit, cursor)? })
    }
}

fn filter(raw: &Raw) -> Result<AccountFilter, ApiError> {
    let state = match raw.status.as_deref() {
        None => None,
        Some(text) => {
            let found: Option<UserState> = Account::STATES.into_iter().find(|state| state.name() == text);
            let detail = "`status`: give `invited`, `active`, `suspended` or `removed`.";
            Some(found.ok_or_else(|| refused(detail))?)
        }
    };
    let tier = raw.tier.as_deref().map(Tier::parse).transpose();
    let tier = tier.map_err(|invalid| refused(&format!("`tier`: {invalid}")))?;
    let name = raw.name.clone();
    if name.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > LONGEST) {
        return Err(refused("`name`: give 1 to 80 characters."));
    }
    Ok(AccountFilter { state, tier, name })
}

/// One page of accounts, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountPage {
    /// The accounts.
    pub items: Vec<AccountItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists the accounts that the platform made, newest first, 33 at most on a page. With `name` a page may have fewer than it could.
#[utoipa::path(get, path = "/api/admin/users", tag = "accounts", responses((status = 200, body = AccountPage)))]
pub async fn list_accounts(
    State(api): State<Api>,
    caller: Administrator,
    query: AccountQuery,
) -> Result<Json<AccountPage>, ApiError> {
    let scope = caller.require(Grant::GeneralAdmin)?;
    let store = api.store.administration(&scope);
    if let Some(address) = &query.address {
        let items: Vec<_> =
            store.find_account_by_address(address, api.world.now()).await?.into_iter().collect();
        let page = Page { items, damaged: Vec::new(), next: None };
        return Ok(Json(AccountPage { items: AccountItem::page(page), next: None }));
    }
    let found = store.list_accounts(&query.filter, &query.page.into(), &api.cursors).await??;
    let next = found.next.clone();
    Ok(Json(AccountPage { items: AccountItem::page(found), next }))
}

/// Shows one account, with whether its sign-in is locked, whether its newest mail arrived, and, of a suspended one, which organizations
/// nobody can administer meanwhile.
#[utoipa::path(get, path = "/api/admin/users/{id}", tag = "accounts", responses((status = 200, body = AccountView)))]
pub async fn get_account(
    State(api): State<Api>,
    ApiPath(id): ApiPath<UserId>,
    caller: Administrator,
) -> Result<Json<AccountView>, ApiError> {
    let scope = caller.require(Grant::GeneralAdmin)?;
    let store = api.store.administration(&scope);
    let found = store.find_account_of(id, api.world.now()).await;
    let found =
        found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?.ok_or_else(ApiError::not_found)?;
    let left = match found.account.status.state {
        UserState::Suspended => store.led_only_by(id).await?,
        _ => Vec::new(),
    };
    Ok(Json(AccountView::from(&found).leaving(&left)))
}
