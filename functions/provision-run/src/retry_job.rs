//! `POST /api/provision/jobs/{id}/retry`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Code, Fields, Mutation, Reply};
use vestibule_domain::{Hire, Job, JobId, JobKind, JobStatus, LocalPart, Permission};
use vestibule_saga::begin_anew;
use vestibule_sagas::MailboxState;
use vestibule_store::{Conflict, StoreError, TenantStore};

use crate::{
    Jobs,
    view::{DAMAGED, JobView},
};

/// How to try again.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryJob {
    /// The local part to use instead of the folded name, for names that no address can hold.
    #[schema(example = "wei.li")]
    pub local_part: Option<String>,
}

/// Begins a job anew that failed, was cancelled or needs attention. What is left over from
/// before is cleaned up first; a mail that may be out allows only going on.
#[utoipa::path(post, path = "/api/provision/jobs/{id}/retry", tag = "provisioning", responses((status = 202, body = JobView)))]
pub async fn retry_job(
    State(state): State<Jobs>,
    ApiPath(id): ApiPath<JobId>,
    request: Mutation<RetryJob>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::ProvisioningRun)?;
    let store = state.api.store.tenant(&scope);
    let job = store.find::<Job>(id).await.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
    let mut job = job.ok_or_else(ApiError::not_found)?;
    no_import(&job)?;
    if !matches!(job.status, JobStatus::Failed | JobStatus::Cancelled | JobStatus::NeedsAttention) {
        let detail = format!(
            "The job is {}; only a job that failed, was cancelled or needs attention can be retried.",
            job.status.name()
        );
        return Err(ApiError::new(Code::WrongState, detail));
    }
    if let Some(local_part) = &request.body.local_part {
        let mut fields = Fields::default();
        if job.kind != JobKind::MAILBOX {
            fields.refuse("localPart", "Only a job that makes a mailbox takes a local part; leave it out.");
            return Err(fields.into_error());
        }
        let chosen = fields.take("localPart", LocalPart::parse(local_part));
        choose(&mut job, chosen.ok_or_else(|| fields.into_error())?)?;
    }
    let mut begun = job.clone();
    begun.status = JobStatus::Running;
    begun.retries += 1;
    let reply = Reply::new(StatusCode::ACCEPTED, &JobView::from(&begun))?;
    let definition = vestibule_sagas::find(&job.kind).ok_or_else(|| unknown(&job))?;
    let done = begin_anew(store, (definition, &mut job), request.answer(&reply), &state.api.world).await;
    if matches!(done, Err(StoreError::Conflict(Conflict::Stale))) && is_hire_gone(store, &job).await? {
        let detail = "The hire of this job was removed; there is nobody to make a mailbox for.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    done?;
    state.launch(&scope, &job).await;
    Ok(reply)
}

/// An import belongs to those who may invite: it is stopped where it was begun, and imported anew. An account belongs to the
/// platform.
pub(crate) fn no_import(job: &Job) -> Result<(), ApiError> {
    if job.kind == JobKind::ACCOUNT {
        let detail = "This job is the platform's: its administrators retry and stop it.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    if job.kind != JobKind::IMPORT {
        return Ok(());
    }
    let detail = format!("This job is an import: see `GET /api/v1/teams/import/{}`.", job.id);
    Err(ApiError::new(Code::WrongState, detail))
}

/// Has the job use this local part instead of the folded name.
fn choose(job: &mut Job, local_part: LocalPart) -> Result<(), ApiError> {
    // Of a state that cannot be read nothing is kept: the addresses that are somebody else's are found again.
    let former = job.state::<MailboxState>().unwrap_or_default();
    let state = MailboxState { local_part: Some(local_part), ..former };
    job.set_state(&state).map_err(|error| ApiError::Fault(Box::new(error)))
}

pub(crate) fn unknown(job: &Job) -> ApiError {
    let detail = format!("This version knows no jobs of the kind {}.", job.kind.as_str());
    ApiError::new(Code::WrongState, detail)
}

/// A hire that is damaged is not gone.
async fn is_hire_gone(store: TenantStore<'_>, job: &Job) -> Result<bool, ApiError> {
    let Some(hire) = job.subject.hire() else { return Ok(false) };
    match store.find::<Hire>(hire).await {
        Ok(found) => Ok(found.is_none()),
        Err(StoreError::Row { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
