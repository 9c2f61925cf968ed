//! `POST /api/hires/{id}/reset-password`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Code, Mutation, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{Hire, HireId, Job, JobKind, Mode, Permission};
use vestibule_saga::{launch, run_anew};

use crate::{Hires, again::again, view::DAMAGED};

/// No fields: what opens the mailbox is made by the system and mailed to the personal address.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetHirePassword {}

/// The job that sets and mails the new password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetStarted {
    /// The job's id.
    pub job: String,
    /// Where to see how it goes.
    pub status_url: String,
}

/// Replaces the password of the mailbox, and mails the new temporary one, or a link to choose one, to the hire's personal address.
/// Nobody sees either on a screen. The link of an earlier mail stops working.
#[utoipa::path(post, path = "/api/hires/{id}/reset-password", tag = "hires", responses((status = 202, body = ResetStarted)))]
pub async fn reset_hire_password(
    State(state): State<Hires>,
    ApiPath(id): ApiPath<HireId>,
    request: Mutation<ResetHirePassword>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    again(|| begin(&state, &scope, id, &request)).await
}

async fn begin(
    state: &Hires,
    scope: &TenantScope,
    id: HireId,
    request: &Mutation<ResetHirePassword>,
) -> Result<Reply, ApiError> {
    let damaged = |error| ApiError::if_damaged(error, DAMAGED);
    let (api, store) = (&state.api, state.api.store.tenant(scope));
    let mut hire = store.find::<Hire>(id).await.map_err(damaged)?.ok_or_else(ApiError::not_found)?;
    if hire.mailbox.is_none() {
        let detail = "This hire has no mailbox yet; its first mail is sent when the mailbox is made.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    if hire.leaving.is_some() {
        let detail = "This hire leaves: a new password would let them in again. Call them back first, with `POST /api/hires/{id}/offboard/call-back`.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    let mut job = Job::new(JobKind::CREDENTIALS, hire.id, &api.world);
    run_anew(&mut job, Mode::Do, api.world.now());
    let status_url = format!("/api/provision/jobs/{}", job.id);
    let reply = Reply::new(StatusCode::ACCEPTED, &ResetStarted { job: job.id.to_string(), status_url })?;
    store.create_job(&job, &mut hire, request.answer(&reply), &api.world).await?;
    if let Err(error) = launch(&state.workflows, &state.machines, scope.tenant(), &job).await {
        tracing::warn!(%error, job = %job.id, "the workflow was not started; the sweep will");
    }
    Ok(reply)
}
