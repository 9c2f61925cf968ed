//! `GET /api/provision/jobs`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, PageQuery};
use vestibule_domain::{Job, Permission};

use crate::view::JobItem;

/// One page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobPage {
    /// The jobs.
    pub items: Vec<JobItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Lists jobs, newest first. One whose record cannot be read is shown by its id.
#[utoipa::path(get, path = "/api/provision/jobs", tag = "provisioning", responses((status = 200, body = JobPage)))]
pub async fn list_jobs(
    State(api): State<Api>,
    caller: Authenticated,
    page: PageQuery,
) -> Result<Json<JobPage>, ApiError> {
    let scope = caller.require(Permission::ProvisioningView)?;
    let found = api.store.tenant(&scope).list::<Job>(&page.into(), &api.cursors).await??;
    let next = found.next.clone();
    Ok(Json(JobPage { items: JobItem::page(found), next }))
}
