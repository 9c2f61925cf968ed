//! `POST /api/admin/jobs/{id}/retry` and `.../cancel`

use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use vestibule_api::{ApiError, ApiPath, Nothing, PlatformMutation, Reply};
use vestibule_auth::{Grant, PlatformScope, SystemTask, TenantScope};
use vestibule_domain::{JobId, JobStatus};
use vestibule_saga::{ask_to_stop, begin_anew_with};
use vestibule_store::{AccountWrite, Conflict, FoundJob, JobEvent, JobWrites, StoreError};

use crate::{Provisioning, job_view::PlatformJobView, which::wrong};

/// How often a job that its worker changes at the same moment is read again.
const TRIES: u32 = 10;

async fn find(state: &Provisioning, scope: &PlatformScope, id: JobId) -> Result<FoundJob, ApiError> {
    let found = state.api.store.administration(scope).find_platform_job(id).await?;
    found.ok_or_else(ApiError::not_found)
}

/// What tells who did it, in the platform's log.
fn told(state: &Provisioning, scope: &PlatformScope, action: &str, found: &FoundJob) -> JobWrites {
    let values = (json!({ "status": found.job.status }), json!({ "tenant": found.place.tenant }));
    let store = state.api.store.administration(scope);
    let record = store.record_of_job(action, found.job.id, values, &state.api.world);
    JobWrites::none().account(AccountWrite::Tell(Box::new(record)))
}

fn within(found: &FoundJob) -> TenantScope {
    TenantScope::for_system(found.place.tenant, SystemTask::Provisioning)
}

/// Begins a job anew that failed, was cancelled or needs attention. What is left over from before is cleaned up first; a mail that
/// may be out allows only going on. The invitation is tried twice again.
#[utoipa::path(post, path = "/api/admin/jobs/{id}/retry", tag = "accounts", responses((status = 202, body = PlatformJobView), (status = 409)))]
pub async fn retry_platform_job(
    State(state): State<Provisioning>,
    ApiPath(id): ApiPath<JobId>,
    request: PlatformMutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Grant::GeneralAdmin)?;
    let mut found = find(&state, &scope, id).await?;
    let status = found.job.status;
    if !matches!(status, JobStatus::Failed | JobStatus::Cancelled | JobStatus::NeedsAttention) {
        let ended = "only a job that failed, was cancelled or needs attention can be retried";
        return Err(wrong(format!("The job is {}; {ended}.", status.name())));
    }
    let Some(definition) = vestibule_sagas::find(&found.job.kind) else {
        return Err(wrong("This version knows no jobs of this kind."));
    };
    let writes = told(&state, &scope, "account.retry", &found);
    let mut begun = found.clone();
    (begun.job.status, begun.job.retries) = (JobStatus::Running, begun.job.retries + 1);
    let reply = Reply::new(StatusCode::ACCEPTED, &PlatformJobView::from(&begun))?;
    let (within, world) = (within(&found), &state.api.world);
    let anew = (definition, &mut found.job);
    let with = (request.answer(&reply), writes);
    begin_anew_with(state.api.store.tenant(&within), anew, with, world).await?;
    state.launch(found.place.tenant, &found.job).await;
    Ok(reply)
}

/// Stops a job. A failed one ends at once; a running one is undone from its next step on, unless its mail is out by then.
#[utoipa::path(post, path = "/api/admin/jobs/{id}/cancel", tag = "accounts", responses((status = 202, body = PlatformJobView), (status = 409)))]
pub async fn cancel_platform_job(
    State(state): State<Provisioning>,
    ApiPath(id): ApiPath<JobId>,
    request: PlatformMutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Grant::GeneralAdmin)?;
    for _ in 0..TRIES {
        let found = find(&state, &scope, id).await?;
        if let Some(reply) = cancel(&state, &scope, &request, found).await? {
            return Ok(reply);
        }
    }
    Err(StoreError::Conflict(Conflict::Stale).into())
}

/// One optimistic try; `None` when the job changed meanwhile.
async fn cancel(
    state: &Provisioning,
    scope: &PlatformScope,
    request: &PlatformMutation<Nothing>,
    mut found: FoundJob,
) -> Result<Option<Reply>, ApiError> {
    let from = found.job.status;
    let writes = told(state, scope, "account.cancel", &found);
    let mut turns_back = false;
    match from {
        JobStatus::Pending | JobStatus::Failed => {
            (found.job.status, found.job.due) = (JobStatus::Cancelled, None);
        }
        JobStatus::Running => turns_back = ask_to_stop(&mut found.job, state.api.world.now()),
        JobStatus::NeedsAttention => {
            return Err(wrong(
                "The job needs attention; what is left of it stands in its steps. Look at it, then retry it: it goes on, or back.",
            ));
        }
        other => return Err(wrong(format!("The job is {}; there is nothing left to cancel.", other.name()))),
    }
    let reply = Reply::new(StatusCode::ACCEPTED, &PlatformJobView::from(&found))?;
    let event = JobEvent { from: Some(from), action: "job.cancel", answer: request.answer(&reply), writes };
    let within = within(&found);
    match state.api.store.tenant(&within).save_job(&mut found.job, event, &state.api.world).await {
        Err(StoreError::Conflict(Conflict::Stale)) => Ok(None),
        done => {
            done?;
            if turns_back {
                state.launch(found.place.tenant, &found.job).await;
            }
            Ok(Some(reply))
        }
    }
}
