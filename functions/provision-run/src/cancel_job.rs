//! `POST /api/provision/jobs/{id}/cancel`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Code, DamagedView, Mutation, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, JobId, JobKind, JobStatus, Permission};
use vestibule_saga::ask_to_stop;
use vestibule_sagas::offboarding::can_be_called_back;
use vestibule_store::{Conflict, JobEvent, StoreError};

use crate::{
    Jobs,
    retry_job::no_import,
    view::{JobItem, JobView},
};

/// How often a job that its worker changes at the same moment is read again.
const TRIES: u32 = 10;

/// No fields.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelJob {}

/// Stops a job. A pending or failed one ends at once; a running one is undone from its next step
/// on, unless its mail is out by then. Of one whose record cannot be read, what can be read becomes the record; if
/// that does not even tell for whom it is, it is removed.
#[utoipa::path(post, path = "/api/provision/jobs/{id}/cancel", tag = "provisioning", responses((status = 202, body = JobItem)))]
pub async fn cancel_job(
    State(state): State<Jobs>,
    ApiPath(id): ApiPath<JobId>,
    request: Mutation<CancelJob>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::ProvisioningRun)?;
    for _ in 0..TRIES {
        let answer = match state.api.store.tenant(&scope).find::<Job>(id).await {
            Ok(job) => cancel(&state, &scope, &request, job.ok_or_else(ApiError::not_found)?).await?,
            Err(error @ StoreError::Row { .. }) => {
                state.api.store.tell(&error);
                cancel_damaged(&state, &scope, &request, id).await?
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(answer) = answer {
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
) -> Result<Option<Reply>, ApiError> {
    no_import(&job)?;
    not_deleted(&job)?;
    let from = job.status;
    let mut turns_back = false;
    match from {
        JobStatus::Pending | JobStatus::Failed => (job.status, job.due) = (JobStatus::Cancelled, None),
        JobStatus::Running => turns_back = ask_to_stop(&mut job, state.api.world.now()),
        other => {
            let detail = match other {
                JobStatus::NeedsAttention => "The job needs attention; what is left of it stands in its steps. Look at it, then retry it: it goes on, or back.".to_owned(),
                other => format!("The job is {}; there is nothing left to cancel.", other.name()),
            };
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
        done => {
            done?;
            if turns_back {
                state.launch(scope, &job).await;
            }
            Ok(Some(reply))
        }
    }
}

/// A hire whose mailbox is deleted, or just being deleted, cannot be called back.
fn not_deleted(job: &Job) -> Result<(), ApiError> {
    if job.kind != JobKind::OFFBOARDING || can_be_called_back(job) {
        return Ok(());
    }
    let detail =
        "The mailbox is deleted or being deleted; the leaving of this hire cannot be stopped any more.";
    Err(ApiError::new(Code::WrongState, detail))
}

/// The same for a job whose record cannot be read.
async fn cancel_damaged(
    state: &Jobs,
    scope: &TenantScope,
    request: &Mutation<CancelJob>,
    id: JobId,
) -> Result<Option<Reply>, ApiError> {
    let (store, world) = (state.api.store.tenant(scope), &state.api.world);
    let Some(salvaged) = store.salvage_job(id, world).await? else { return Ok(None) };
    let item = match &salvaged.job {
        Some(job) => JobItem::Job(JobView::from(job)),
        None => JobItem::Damaged(DamagedView::new(
            id.to_string(),
            "The record did not tell whose mailbox it was to make; it was removed.",
        )),
    };
    let reply = Reply::new(StatusCode::ACCEPTED, &item)?;
    match store.replace_damaged_job(salvaged, request.answer(&reply), world).await {
        Err(StoreError::Conflict(Conflict::Stale)) => Ok(None),
        done => Ok(done.map(|()| Some(reply))?),
    }
}
