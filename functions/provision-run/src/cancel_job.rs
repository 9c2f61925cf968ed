//! `POST /api/provision/jobs/{id}/cancel`

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Code, Mutation, Problem, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, JobId, JobStatus, Permission};
use vestibule_store::{Conflict, JobEvent, StoreError};

use crate::{Jobs, view::JobView};

/// How often a job that its worker changes at the same moment is read again.
const TRIES: u32 = 10;

/// No fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelJob {}

/// Stops a job. A pending or failed one ends at once; a running one is undone from its next step
/// on, unless its mail is out by then.
#[utoipa::path(post, path = "/api/provision/jobs/{id}/cancel", tag = "provisioning", request_body = CancelJob,
    params(("id" = String, Path, description = "The job's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating the request safe for 24 hours")),
    responses((status = 202, body = JobView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn cancel_job(
    State(state): State<Jobs>,
    ApiPath(id): ApiPath<JobId>,
    request: Mutation<CancelJob>,
) -> Result<Response, ApiError> {
    let scope = request.begin(Permission::ProvisioningRun)?;
    for _ in 0..TRIES {
        let job = state.api.store.tenant(&scope).find_job(id).await?.ok_or_else(ApiError::not_found)?;
        if let Some(answer) = cancel(&state, &scope, &request, job).await? {
            return Ok(answer);
        }
    }
    Err(StoreError::Conflict(Conflict::Stale).into())
}

/// One optimistic try; `None` when the job changed meanwhile.
async fn cancel(
    state: &Jobs,
    scope: &TenantScope,
    request: &Mutation<CancelJob>,
    mut job: Job,
) -> Result<Option<Response>, ApiError> {
    let from = job.status;
    match from {
        JobStatus::Pending | JobStatus::Failed => (job.status, job.due) = (JobStatus::Cancelled, None),
        JobStatus::Running => job.cancel_requested = true,
        other => {
            let detail = format!("The job is {}; there is nothing left to cancel.", other.name());
            return Err(ApiError::new(Code::WrongState, detail));
        }
    }
    let reply = Reply::new(StatusCode::ACCEPTED, &JobView::from(&job))?;
    let event = JobEvent {
        from: Some(from),
        action: "job.cancel",
        answer: request.answer(&reply),
        ..JobEvent::default()
    };
    match state.api.store.tenant(scope).save_job(&mut job, event, &state.api.world).await {
        Err(StoreError::Conflict(Conflict::Stale)) => Ok(None),
        done => request.settle(&state.api, done, reply).await.map(Some),
    }
}
