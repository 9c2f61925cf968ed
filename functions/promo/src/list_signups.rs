//! `GET /admin/promo-signups`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Administrator, Api, ApiError, accepts};
use vestibule_auth::Grant;

use crate::{
    signup_file,
    signup_query::SignupQuery,
    signup_view::{PromoSignupCounts, PromoSignupItem},
};

/// One page of sign-ups, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromoSignupPage {
    /// The sign-ups.
    pub items: Vec<PromoSignupItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// How many there are of each status, whatever is looked for.
    pub counts: PromoSignupCounts,
}

/// Lists the sign-ups, newest first, 50 at most on a page. With `name` a page may have fewer than it could. With `Accept: text/csv` the
/// answer is a table, in parts of up to 500 that make one file: the header `Link` names the next one. Each part is recorded.
#[utoipa::path(get, path = "/admin/promo-signups", tag = "promo",
    responses((status = 200, content((PromoSignupPage = "application/json"), (String = "text/csv")))))]
pub async fn list_promo_signups(
    State(api): State<Api>,
    caller: Administrator,
    headers: HeaderMap,
    query: SignupQuery,
) -> Result<Response, ApiError> {
    let scope = caller.require(Grant::PromoAdmin)?;
    let (wanted, store) = (query.0?, api.store.administration(&scope));
    let mut response = if accepts(&headers, "text/csv") {
        signup_file::part(&api, &store, &wanted).await?
    } else {
        let (page, counts) = match &wanted.address {
            Some(address) => store.find_promo_signup_by_address(address).await?,
            None => store.list_promo_signups(&wanted.filter, &wanted.page, &api.cursors).await??,
        };
        let next = page.next.clone();
        let items = PromoSignupItem::page(page);
        Json(PromoSignupPage { items, next, counts: counts.into() }).into_response()
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}
