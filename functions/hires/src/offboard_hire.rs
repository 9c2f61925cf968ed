//! `POST /api/hires/{id}/offboard`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Code, Fields, Mutation, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{
    Address, Domain, Hire, HireId, Job, JobKind, Leaving, LeavingDays, LocalPart, Mode, Permission,
};
use vestibule_saga::{launch, run_anew};
use vestibule_sagas::OffboardingState;
use vestibule_store::{StoreError, TenantStore};

use crate::{Hires, again::again, view::DAMAGED};

/// How a hire leaves.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OffboardHire {
    /// The address of the one who has the mail from then on: of another hire of the business whose mailbox works at the same
    /// provider. Nobody has it when this is left out.
    #[schema(example = "kim.lee@acme.example")]
    pub hand_over_to: Option<String>,
    /// After how many days the mailbox is deleted, 1 to 365; 30 when this is left out.
    #[schema(example = 30)]
    pub delete_after_days: Option<i64>,
}

/// The job that does it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OffboardingStarted {
    /// The job's id.
    pub job: String,
    /// Where to see how it goes.
    pub status_url: String,
}

impl OffboardingStarted {
    pub(crate) fn of(job: &Job) -> Self {
        Self { job: job.id.to_string(), status_url: format!("/api/provision/jobs/{}", job.id) }
    }
}

/// Begins the leaving of a hire: the mail is handed over, signing in ends, and the mailbox is deleted after some days; see
/// `GET /api/hires/{id}/offboard` for what its provider does and cannot do. Until the mailbox is deleted the hire can be called back.
#[utoipa::path(post, path = "/api/hires/{id}/offboard", tag = "hires", responses((status = 202, body = OffboardingStarted)))]
pub async fn offboard_hire(
    State(state): State<Hires>,
    ApiPath(id): ApiPath<HireId>,
    request: Mutation<OffboardHire>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    again(|| begin(&state, &scope, id, &request)).await
}

async fn begin(
    state: &Hires,
    scope: &TenantScope,
    id: HireId,
    request: &Mutation<OffboardHire>,
) -> Result<Reply, ApiError> {
    let damaged = |error| ApiError::if_damaged(error, DAMAGED);
    let (api, store) = (&state.api, state.api.store.tenant(scope));
    let mut hire = store.find::<Hire>(id).await.map_err(damaged)?.ok_or_else(ApiError::not_found)?;
    let (days, to) = read(store, &hire, &request.body).await?;
    may_begin(&hire)?;
    let mut job = Job::new(JobKind::OFFBOARDING, hire.id, &api.world);
    let saga = OffboardingState { successor: to.as_ref().map(|(hire, _)| *hire), days, ..Default::default() };
    job.set_state(&saga).map_err(|error| ApiError::Fault(Box::new(error)))?;
    run_anew(&mut job, Mode::Do, api.world.now());
    hire.leaving = Some(Leaving {
        job: job.id,
        hand_over_to: to.map(|(_, address)| address),
        deletes_at: days.after(api.world.now()),
        deleted: None,
    });
    (hire.offboarding_job, hire.updated) = (Some(job.id), api.world.now());
    let reply = Reply::new(StatusCode::ACCEPTED, &OffboardingStarted::of(&job))?;
    store.create_job(&job, &mut hire, request.answer(&reply), &api.world).await?;
    if let Err(error) = launch(&state.workflows, &state.machines, scope.tenant(), &job).await {
        tracing::warn!(%error, job = %job.id, "the workflow was not started; the sweep will");
    }
    Ok(reply)
}

fn may_begin(hire: &Hire) -> Result<(), ApiError> {
    let detail = match &hire.leaving {
        Some(leaving) if leaving.deleted.is_some() => "The mailbox of this hire is deleted already.",
        Some(_) => "This hire leaves already; see `GET /api/hires/{id}/offboard`.",
        None if hire.mailbox.is_none() => {
            "This hire has no mailbox, so there is nothing to do. Remove the hire with `DELETE /api/hires/{id}`."
        }
        None => return Ok(()),
    };
    Err(ApiError::new(Code::WrongState, detail))
}

/// What the body says: the days, and who has the mail.
async fn read(
    store: TenantStore<'_>,
    hire: &Hire,
    body: &OffboardHire,
) -> Result<(LeavingDays, Option<(HireId, Address)>), ApiError> {
    let mut fields = Fields::default();
    let days = body.delete_after_days.map_or_else(|| Ok(LeavingDays::default()), LeavingDays::parse);
    let days = fields.take("deleteAfterDays", days);
    let to = match &body.hand_over_to {
        None => None,
        Some(text) => {
            let found = successor(store, hire, text).await?;
            if found.is_none() {
                let detail = "Give the address of another hire whose mailbox works at the same provider; the page of that hire shows it.";
                fields.refuse("handOverTo", detail);
            }
            found
        }
    };
    match days {
        Some(days) if fields.is_empty() => Ok((days, to)),
        _ => Err(fields.into_error()),
    }
}

/// The hire with this address, if its mailbox is one that can take the mail over. Nothing is told of other addresses.
async fn successor(
    store: TenantStore<'_>,
    leaver: &Hire,
    text: &str,
) -> Result<Option<(HireId, Address)>, ApiError> {
    let text = text.trim().to_ascii_lowercase();
    let parts = text.split_once('@').map(|(local, domain)| (LocalPart::parse(local), Domain::parse(domain)));
    let Some((Ok(local), Ok(domain))) = parts else { return Ok(None) };
    let address = local.at(&domain);
    let Some(job) = store.find_address_holder(&address).await? else { return Ok(None) };
    let found = async {
        let Some(job) = store.find::<Job>(job).await? else { return Ok(None) };
        let Some(hire) = job.subject.hire() else { return Ok(None) };
        store.find::<Hire>(hire).await
    };
    let hire = match found.await {
        // Whose record cannot be read has nothing handed over.
        Err(StoreError::Row { .. }) => None,
        found => found?,
    };
    let fits = |hire: &Hire| {
        hire.id != leaver.id
            && hire.leaving.is_none()
            && hire.address.as_ref() == Some(&address)
            && hire.mailbox_provider() == leaver.mailbox_provider()
    };
    Ok(hire.filter(fits).map(|hire| (hire.id, address.clone())))
}
