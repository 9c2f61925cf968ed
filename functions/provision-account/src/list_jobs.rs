//! `GET /api/admin/jobs` and `GET /api/admin/jobs/{id}`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Administrator, Api, ApiError, ApiPath, Argument, Code, Description, PageQuery};
use vestibule_auth::Grant;
use vestibule_domain::JobId;

use crate::job_view::{PlatformJobItem, PlatformJobView};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    status: Option<String>,
}

/// Which jobs are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlatformJobQuery {
    /// `needs_attention`: those that failed or left something, for a person to act on; all when absent.
    #[param(pattern = "^needs_attention$")]
    pub status: Option<String>,
    /// Which page of them.
    #[param(ignore)]
    pub page: PageQuery,
}

impl Argument for PlatformJobQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
        operation.parameters::<PageQuery>();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PlatformJobQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |detail: &str| ApiError::new(Code::ParameterInvalid, detail);
        let only = "Only `status`, `limit` (1 to 100) and `cursor` can be given.";
        let Query(raw) = Query::<Raw>::from_request_parts(parts, state).await.map_err(|_| refused(only))?;
        if raw.status.as_deref().is_some_and(|status| status != "needs_attention") {
            return Err(refused("`status`: give `needs_attention`, or leave it out."));
        }
        Ok(Self { status: raw.status, page: PageQuery::checked(raw.limit, raw.cursor)? })
    }
}

/// One page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformJobPage {
    /// The jobs.
    pub items: Vec<PlatformJobItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists the jobs that the platform began, newest first, 33 at most on a page.
#[utoipa::path(get, path = "/api/admin/jobs", tag = "accounts", responses((status = 200, body = PlatformJobPage)))]
pub async fn list_platform_jobs(
    State(api): State<Api>,
    caller: Administrator,
    query: PlatformJobQuery,
) -> Result<Json<PlatformJobPage>, ApiError> {
    let scope = caller.require(Grant::GeneralAdmin)?;
    let store = api.store.administration(&scope);
    let found = store.list_platform_jobs(query.status.is_some(), &query.page.into(), &api.cursors).await??;
    let next = found.next.clone();
    Ok(Json(PlatformJobPage { items: PlatformJobItem::page(found), next }))
}

/// Shows one job with the timeline of its steps and the tries to send its mail.
#[utoipa::path(get, path = "/api/admin/jobs/{id}", tag = "accounts", responses((status = 200, body = PlatformJobView)))]
pub async fn get_platform_job(
    State(api): State<Api>,
    ApiPath(id): ApiPath<JobId>,
    caller: Administrator,
) -> Result<Json<PlatformJobView>, ApiError> {
    let scope = caller.require(Grant::GeneralAdmin)?;
    let found = api.store.administration(&scope).find_platform_job(id).await?;
    Ok(Json(PlatformJobView::from(&found.ok_or_else(ApiError::not_found)?)))
}
