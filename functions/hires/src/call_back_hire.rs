//! `POST /api/hires/{id}/offboard/call-back`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Code, Mutation, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{Hire, HireId, Job, JobStatus, Mode, Permission};
use vestibule_saga::{ask_to_stop, launch, run_anew};
use vestibule_sagas::offboarding::can_be_called_back;
use vestibule_store::{Conflict, JobEvent, StoreError};

use crate::{Hires, offboard_hire::OffboardingStarted, view::DAMAGED};

/// How often a job that its worker changes at the same moment is read again.
const TRIES: u32 = 10;

/// No fields.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBackHire {}

/// Calls a hire back that leaves: what was done is taken back, the last step first. That goes until the mailbox is deleted. At Amazon
/// `WorkMail` the hire needs a new password afterwards.
#[utoipa::path(post, path = "/api/hires/{id}/offboard/call-back", tag = "hires", responses((status = 202, body = OffboardingStarted)))]
pub async fn call_back_hire(
    State(state): State<Hires>,
    ApiPath(id): ApiPath<HireId>,
    request: Mutation<CallBackHire>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    let damaged = |error| ApiError::if_damaged(error, DAMAGED);
    let hire = state.api.store.tenant(&scope).find::<Hire>(id).await.map_err(damaged)?;
    let hire = hire.ok_or_else(ApiError::not_found)?;
    for _ in 0..TRIES {
        if let Some(answer) = call_back(&state, &scope, &request, &hire).await? {
            return Ok(answer);
        }
    }
    Err(StoreError::Conflict(Conflict::Stale).into())
}

/// One optimistic try; `None` when the job changed meanwhile.
async fn call_back(
    state: &Hires,
    scope: &TenantScope,
    request: &Mutation<CallBackHire>,
    hire: &Hire,
) -> Result<Option<Reply>, ApiError> {
    const DAMAGED_JOB: &str =
        "The record of the job cannot be read. Cancel it with `POST /api/provision/jobs/{id}/cancel`.";
    let (store, now) = (state.api.store.tenant(scope), state.api.world.now());
    let id = hire.offboarding_job.ok_or_else(stays)?;
    let job = store.find::<Job>(id).await.map_err(|error| ApiError::if_damaged(error, DAMAGED_JOB))?;
    let mut job = job.ok_or_else(stays)?;
    let from = job.status;
    let starts = match from {
        JobStatus::Succeeded | JobStatus::Cancelled => return Err(over(hire)),
        JobStatus::Compensating => {
            let detail = "What was done for this hire's leaving is being taken back already.";
            return Err(ApiError::new(Code::WrongState, detail));
        }
        _ if !can_be_called_back(&job) => return Err(deleted()),
        // Nothing of it is left.
        JobStatus::Pending | JobStatus::Failed => {
            (job.status, job.due) = (JobStatus::Cancelled, None);
            false
        }
        JobStatus::Running => ask_to_stop(&mut job, now),
        JobStatus::NeedsAttention => {
            job.cancel_requested = true;
            run_anew(&mut job, Mode::Undo, now);
            true
        }
    };
    let reply = Reply::new(StatusCode::ACCEPTED, &OffboardingStarted::of(&job))?;
    let answer = request.answer(&reply);
    let event = JobEvent { from: Some(from), action: "job.cancel", answer, ..JobEvent::default() };
    match store.save_job(&mut job, event, &state.api.world).await {
        Err(StoreError::Conflict(Conflict::Stale)) => return Ok(None),
        done => done?,
    }
    if starts && let Err(error) = launch(&state.workflows, &state.machines, scope.tenant(), &job).await {
        tracing::warn!(%error, job = %job.id, "the workflow was not started; the sweep will");
    }
    Ok(Some(reply))
}

fn stays() -> ApiError {
    ApiError::new(Code::WrongState, "This hire does not leave, so there is nothing to call back.")
}

fn deleted() -> ApiError {
    let detail = "The mailbox is deleted or being deleted; this hire cannot be called back any more.";
    ApiError::new(Code::WrongState, detail)
}

fn over(hire: &Hire) -> ApiError {
    if hire.leaving.is_some() { deleted() } else { stays() }
}
