//! `GET /api/audit`

use std::convert::Infallible;

use axum::{
    Json,
    extract::{FromRequestParts, State},
};
use http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Argument, Authenticated, Description, PageQuery};
use vestibule_domain::{Invalid, Permission};
use vestibule_store::{AuditFilter, AuditPage, PageRequest};

use crate::{
    parameters::{FilterParameters, Parameters},
    view::AuditItem,
};

const KNOWN: [&str; 8] = ["from", "to", "actor", "action", "resource", "outcome", "limit", "cursor"];
/// Longest cursor that is looked at, in characters.
const LONGEST_CURSOR: usize = 512;

/// Which page of which records is wanted. What is wrong with it is told after it is known who asks.
#[derive(Debug)]
pub struct AuditQuery(Result<(AuditFilter, PageRequest), ApiError>);

impl AuditQuery {
    /// What is wanted; 400 with all that is wrong with it.
    pub fn read(self) -> Result<(AuditFilter, PageRequest), ApiError> {
        self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AuditQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut parameters = Parameters::read(parts.uri.query(), &KNOWN);
        let filter = parameters.filter();
        let limit = parameters.take("limit", limit);
        let cursor = parameters.take("cursor", |text| cursor(text, LONGEST_CURSOR));
        Ok(Self(parameters.check().map(|()| (filter, PageRequest { limit, cursor }))))
    }
}

fn limit(text: &str) -> Result<u16, Invalid> {
    let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
    limit.ok_or_else(|| Invalid::new("Give a number from 1 to 100."))
}

/// A cursor that may be one.
pub(crate) fn cursor(text: &str, longest: usize) -> Result<String, Invalid> {
    if text.len() > longest {
        return Err(Invalid::new("This is no cursor of this list; start again without one."));
    }
    Ok(text.to_owned())
}

impl Argument for AuditQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<FilterParameters>();
        operation.parameters::<PageQuery>();
    }
}

/// One page of the log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPageView {
    /// The records, newest first.
    pub items: Vec<AuditItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
    /// Down to which time this page and those before it looked (RFC 3339).
    pub searched_to: String,
}

impl From<AuditPage> for AuditPageView {
    fn from(AuditPage { items, next, searched_to }: AuditPage) -> Self {
        let items = items.into_iter().map(AuditItem::from).collect();
        Self { items, next, searched_to: searched_to.to_string() }
    }
}

/// Lists what was done, refused or failed in the organization, newest first; without `from` of the seven days before `to`, or before now. While some
/// records are looked for, up to 2,000 are read for a page: it may then have fewer than `limit`, even none, and a next one. Refusals of one
/// minute are one record, found at the beginning of the minute.
#[utoipa::path(get, path = "/api/audit", tag = "audit", responses((status = 200, body = AuditPageView)))]
pub async fn list_records(
    State(api): State<Api>,
    caller: Authenticated,
    query: AuditQuery,
) -> Result<Json<AuditPageView>, ApiError> {
    let scope = caller.require(Permission::AuditView)?;
    let (filter, page) = query.read()?;
    let store = api.store.tenant(&scope);
    let found = store.search_audit(&filter, &page, &api.cursors, api.world.now()).await??;
    Ok(Json(found.into()))
}
