//! `POST /api/provision/run`

use std::time::Duration;

use axum::extract::{FromRequestParts, Query, State};
use http::{StatusCode, request::Parts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{ApiError, Argument, Code, Description, Mutation, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{Job, JobId, JobStatus, Permission};
use vestibule_saga::start_pending;
use vestibule_store::{Conflict, StoreError};

use crate::{
    Jobs,
    retry_job::unknown,
    view::{DAMAGED, JobView},
};

/// Longest wait; the gateway cuts a request off at 30 seconds.
const MAX_WAIT: u64 = 25;
/// Time between two looks at a job while waiting.
const LOOK: Duration = Duration::from_millis(200);
/// How often a job that somebody writes at the same moment is read again.
const TRIES: u32 = 3;
/// Pending jobs tried when others are faster.
const CANDIDATES: i32 = 10;

/// Which job to run.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunJob {
    /// A pending job; the oldest pending one when absent.
    #[schema(value_type = Option<String>)]
    pub job: Option<JobId>,
}

/// How long to hold the answer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// Holds the answer until the job ends or these seconds pass, 0 to 25.
    #[serde(default)]
    #[param(minimum = 0, maximum = 25)]
    pub wait: u64,
}

impl Argument for Wait {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<Self>::from_request_parts(parts, state).await.ok().map(|Query(wait)| wait);
        let detail = format!("`wait`: give seconds from 0 to {MAX_WAIT}.");
        query
            .filter(|wait| wait.wait <= MAX_WAIT)
            .ok_or_else(|| ApiError::new(Code::ParameterInvalid, detail))
    }
}

/// Starts the named job, or the oldest pending one.
#[utoipa::path(post, path = "/api/provision/run", tag = "provisioning", responses((status = 202, body = JobView), (status = 404)))]
pub async fn run_job(
    State(state): State<Jobs>,
    wait: Wait,
    request: Mutation<RunJob>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::ProvisioningRun)?;
    let started = match request.body.job {
        Some(id) => start_named(&state, &scope, &request, id).await,
        None => start_oldest(&state, &scope, &request).await,
    };
    let (job, reply) = started?;
    state.launch(&scope, &job).await;
    if wait.wait == 0 {
        return Ok(reply);
    }
    let job = ended(&state, &scope, job, Duration::from_secs(wait.wait)).await?;
    Reply::new(StatusCode::ACCEPTED, &JobView::from(&job))
}

async fn start_named(
    state: &Jobs,
    scope: &TenantScope,
    request: &Mutation<RunJob>,
    id: JobId,
) -> Result<(Job, Reply), ApiError> {
    // The sweep may write the job at the same moment, to say that it is left to a person.
    for _ in 0..TRIES {
        let found = state.api.store.tenant(scope).find::<Job>(id).await;
        let found = found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
        let job = found.ok_or_else(ApiError::not_found)?;
        check_pending(&job)?;
        if let Some(started) = start(state, scope, request, job).await {
            return started;
        }
    }
    Err(ApiError::new(Code::WrongState, "Somebody else started or stopped this job at the same moment."))
}

fn check_pending(job: &Job) -> Result<(), ApiError> {
    if vestibule_sagas::find(&job.kind).is_none() {
        return Err(unknown(job));
    }
    if job.status == JobStatus::Pending {
        return Ok(());
    }
    let detail = format!("The job is {}; only a pending job can be run.", job.status.name());
    Err(ApiError::new(Code::WrongState, detail))
}

async fn start_oldest(
    state: &Jobs,
    scope: &TenantScope,
    request: &Mutation<RunJob>,
) -> Result<(Job, Reply), ApiError> {
    let store = state.api.store.tenant(scope);
    for id in store.oldest_pending(CANDIDATES).await? {
        let job = match store.find::<Job>(id).await {
            // Those behind it are run.
            Err(error @ StoreError::Row { .. }) => {
                state.api.store.tell(&error);
                continue;
            }
            found => found?
                .filter(|job| job.status == JobStatus::Pending && vestibule_sagas::find(&job.kind).is_some()),
        };
        if let Some(job) = job
            && let Some(started) = start(state, scope, request, job).await
        {
            return started;
        }
    }
    Err(ApiError::new(Code::NotFound, "No job is pending."))
}

/// Starts a pending job; `None` when somebody else was faster.
async fn start(
    state: &Jobs,
    scope: &TenantScope,
    request: &Mutation<RunJob>,
    mut job: Job,
) -> Option<Result<(Job, Reply), ApiError>> {
    let store = state.api.store.tenant(scope);
    let reply = match Reply::new(
        StatusCode::ACCEPTED,
        &JobView::from(&Job { status: JobStatus::Running, ..job.clone() }),
    ) {
        Ok(reply) => reply,
        Err(error) => return Some(Err(error)),
    };
    match start_pending(store, &mut job, request.answer(&reply), &state.api.world).await {
        Err(StoreError::Conflict(Conflict::Stale)) => None,
        done => Some(done.map(|()| (job, reply)).map_err(ApiError::from)),
    }
}

/// The job when it has ended, or as it is when the time is over.
async fn ended(state: &Jobs, scope: &TenantScope, mut job: Job, wait: Duration) -> Result<Job, ApiError> {
    let mut left = wait;
    while !job.status.is_final() && !left.is_zero() {
        tokio::time::sleep(LOOK).await;
        left = left.saturating_sub(LOOK);
        let found = state.api.store.tenant(scope).find::<Job>(job.id).await;
        let found = found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
        job = found.ok_or_else(ApiError::not_found)?;
    }
    Ok(job)
}
