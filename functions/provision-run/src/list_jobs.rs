//! `GET /api/provision/jobs`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated};
use vestibule_domain::Permission;

use crate::{
    job_query::{JobQuery, Wanted},
    view::JobItem,
};

/// One page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobPage {
    /// The jobs.
    pub items: Vec<JobItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists jobs, newest first; those of one status or hire, where it is given. For a status up to 1,000 jobs are read for a page: it may then
/// have fewer than `limit`, even none, and a next one. One whose record cannot be read is shown by its id while nothing is given.
#[utoipa::path(get, path = "/api/provision/jobs", tag = "provisioning", responses((status = 200, body = JobPage)))]
pub async fn list_jobs(
    State(api): State<Api>,
    caller: Authenticated,
    JobQuery(query): JobQuery,
) -> Result<Json<JobPage>, ApiError> {
    let scope = caller.require(Permission::ProvisioningView)?;
    let (Wanted { status, hire, page }, store) = (query?, api.store.tenant(&scope));
    let found = match hire {
        Some(hire) => store.list_jobs_of_hire(hire, status).await?,
        None => Box::pin(store.list_jobs(status, &page, &api.cursors)).await??,
    };
    let next = found.next.clone();
    Ok(Json(JobPage { items: JobItem::page(found), next }))
}
