//! `POST /api/v1/teams/import/{id}/cancel`

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{Api, ApiError, ApiPath, Code, Mutation, Nothing, Reply};
use vestibule_domain::{JobId, JobStatus, Permission};
use vestibule_saga::ask_to_stop;
use vestibule_store::{JobEvent, TenantStore};

use super::{find, view::ImportView};
use crate::members::update_member::decided_anew;

/// Stops an import behind the rows at hand. Who was invited stays invited.
#[utoipa::path(post, path = "/api/v1/teams/import/{id}/cancel", tag = "team", responses((status = 202, body = ImportView), (status = 409)))]
pub async fn cancel_import(
    State(api): State<Api>,
    ApiPath(id): ApiPath<JobId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamInvite)?;
    let store = api.store.tenant(&scope);
    Box::pin(decided_anew(async || cancel(&api, &store, id, &request).await)).await
}

async fn cancel(
    api: &Api,
    store: &TenantStore<'_>,
    id: JobId,
    request: &Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let mut job = find(store, id).await?;
    let from = job.status;
    match from {
        JobStatus::Pending | JobStatus::Failed => (job.status, job.due) = (JobStatus::Cancelled, None),
        // An import never waits: its next part sees the wish.
        JobStatus::Running => drop(ask_to_stop(&mut job, api.world.now())),
        other => {
            let detail = format!("The import is {}; there is nothing left to stop.", other.name());
            return Err(ApiError::new(Code::WrongState, detail));
        }
    }
    let reply = Reply::new(StatusCode::ACCEPTED, &ImportView::from(&job))?;
    let answer = request.answer(&reply);
    let event = JobEvent { from: Some(from), action: "job.cancel", answer, ..JobEvent::default() };
    store.save_job(&mut job, event, &api.world).await?;
    Ok(reply)
}
