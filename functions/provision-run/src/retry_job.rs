//! `POST /api/provision/jobs/{id}/retry`

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Code, Fields, Mutation, Problem, Reply};
use vestibule_domain::{Job, JobId, JobStatus, LocalPart, Permission};
use vestibule_saga::again;
use vestibule_store::{Conflict, StoreError, TenantStore};

use crate::{
    Jobs,
    view::{DAMAGED, JobView},
};

/// How to try again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryJob {
    /// The local part to use instead of the folded name, for names that no address can hold.
    #[schema(example = "wei.li")]
    pub local_part: Option<String>,
}

/// Begins a job anew that failed, was cancelled or needs attention. What is left over from
/// before is cleaned up first; a mail that may be out allows only going on.
#[utoipa::path(post, path = "/api/provision/jobs/{id}/retry", tag = "provisioning", request_body = RetryJob,
    params(("id" = String, Path, description = "The job's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating the request safe for 24 hours")),
    responses((status = 202, body = JobView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn retry_job(
    State(state): State<Jobs>,
    ApiPath(id): ApiPath<JobId>,
    request: Mutation<RetryJob>,
) -> Result<Response, ApiError> {
    let scope = request.begin(Permission::ProvisioningRun)?;
    let store = state.api.store.tenant(&scope);
    let job = store.find_job(id).await.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
    let mut job = job.ok_or_else(ApiError::not_found)?;
    if !matches!(job.status, JobStatus::Failed | JobStatus::Cancelled | JobStatus::NeedsAttention) {
        let detail = format!(
            "The job is {}; only a job that failed, was cancelled or needs attention can be retried.",
            job.status.name()
        );
        return Err(ApiError::new(Code::WrongState, detail));
    }
    if let Some(local_part) = &request.body.local_part {
        let mut fields = Fields::default();
        let chosen = fields.take("localPart", LocalPart::parse(local_part));
        job.local_part = Some(chosen.ok_or_else(|| fields.into_error())?);
    }
    let mut begun = job.clone();
    begun.status = JobStatus::Running;
    begun.retries += 1;
    let reply = Reply::new(StatusCode::ACCEPTED, &JobView::from(&begun))?;
    let done = again(store, &mut job, request.answer(&reply), &state.api.world).await;
    if matches!(done, Err(StoreError::Conflict(Conflict::Stale))) && is_hire_gone(store, &job).await? {
        let detail = "The hire of this job was removed; there is nobody to make a mailbox for.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    let answer = request.settle(&state.api, done, reply).await?;
    state.launch(&scope, &job).await;
    Ok(answer)
}

/// A hire that is damaged is not gone.
async fn is_hire_gone(store: TenantStore<'_>, job: &Job) -> Result<bool, ApiError> {
    match store.find_hire(job.hire).await {
        Ok(found) => Ok(found.is_none()),
        Err(StoreError::Row { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
