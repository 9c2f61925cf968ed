//! `POST /admin/promo-signups/{id}/create-account`

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{ApiError, ApiPath, Code, NoFields, PlatformMutation, Reply};
use vestibule_auth::{Grant, PlatformScope};
use vestibule_domain::{
    AccountOrder, AccountOrigin, Job, JobKind, Mode, PromoSignup, PromoSignupId, RoleName, SignupJob,
    TenantId, Tier, UserId,
};
use vestibule_saga::run_anew;
use vestibule_store::{Conflict, JoinProblem, StoreError};

use crate::{
    Promo,
    signup_view::{DAMAGED, PromoSignupView},
};

/// How often a sign-up is read again that changes at the same moment.
const TRIES: u32 = 5;

/// Has an account be made of a sign-up, with the tier `operandi`, in the organization and the role of the promotion; name and address
/// are those of the sign-up. Asked for again it answers with the same job, unless that failed and was undone: then a new one is
/// begun. The list shows what becomes of it.
#[utoipa::path(post, path = "/admin/promo-signups/{id}/create-account", tag = "promo",
    responses((status = 202, body = PromoSignupView), (status = 409)))]
pub async fn create_promo_account(
    State(promo): State<Promo>,
    ApiPath(id): ApiPath<PromoSignupId>,
    request: PlatformMutation<NoFields>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Grant::PromoAdmin)?;
    for _ in 0..TRIES {
        let found = promo.api.store.administration(&scope).find_promo_signup(id).await;
        let found = found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
        let signup = found.ok_or_else(ApiError::not_found)?;
        if !signup.status.is_open() {
            return same(&promo, &signup, &request).await;
        }
        match begin(&promo, &scope, &signup, &request).await {
            // Somebody else was faster, and has begun one.
            Err(Refused::Late) => {}
            Err(Refused::For(error)) => return Err(error),
            Ok(reply) => return Ok(reply),
        }
    }
    Err(StoreError::Conflict(Conflict::Stale).into())
}

/// Why nothing was begun.
enum Refused {
    Late,
    For(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::For(error.into())
    }
}

/// The answer about a job that was begun before.
async fn same(
    promo: &Promo,
    signup: &PromoSignup,
    request: &PlatformMutation<NoFields>,
) -> Result<Reply, ApiError> {
    let reply = Reply::new(StatusCode::ACCEPTED, &PromoSignupView::from(signup))?;
    if let Some(answer) = request.answer(&reply) {
        promo.api.store.platform().keep_answer(answer, &promo.api.world).await?;
    }
    Ok(reply)
}

/// Begins a job.
async fn begin(
    promo: &Promo,
    scope: &PlatformScope,
    signup: &PromoSignup,
    request: &PlatformMutation<NoFields>,
) -> Result<Reply, Refused> {
    let (world, store) = (&promo.api.world, promo.api.store.administration(scope));
    if store.is_own_address(&signup.email) {
        let detail = "This is your own address; another administrator has to create an account for it.";
        return Err(ApiError::new(Code::Conflict, detail).into());
    }
    let (tenant, role) = offered(promo)?;
    let problems = store.find_join_problems(tenant, Some(&signup.email), Some(&role)).await?;
    if let Some(problem) = problems.first() {
        return Err(refusal(*problem).into());
    }
    let order = AccountOrder {
        email: signup.email.clone(),
        name: signup.name.clone(),
        user: UserId::new(world),
        tier: Tier::Operandi,
        role,
        organization: None,
        origin: AccountOrigin::Promo,
        by: store.by(),
    };
    let mut job = Job::new(JobKind::ACCOUNT, signup.id, world);
    run_anew(&mut job, Mode::Do, world.now());
    let after = signup.begun(SignupJob { tenant, id: job.id }, world.now());
    let reply = Reply::new(StatusCode::ACCEPTED, &PromoSignupView::from(&after))?;
    let answer = request.answer(&reply);
    match store.begin_promo_account((signup, &after), (tenant, &job, &order), answer, world).await {
        Err(StoreError::Conflict(Conflict::Stale)) => Err(Refused::Late),
        Err(error) => Err(error.into()),
        Ok(()) => {
            promo.launch(tenant, &job).await;
            Ok(reply)
        }
    }
}

/// The organization and the role of the promotion.
fn offered(promo: &Promo) -> Result<(TenantId, RoleName), ApiError> {
    let lacks = |name: &str| {
        let detail =
            format!("The deployment does not say where these accounts belong: set its parameter {name}.");
        ApiError::new(Code::NotConfigured, detail)
    };
    let tenant = promo.offer.tenant.ok_or_else(|| lacks("PromoTenant"))?;
    let role = promo.offer.role.clone().ok_or_else(|| lacks("PromoRole"))?;
    Ok((tenant, role))
}

/// What has to be done before an account can be made.
fn refusal(problem: JoinProblem) -> ApiError {
    let (code, detail) = match problem {
        JoinProblem::TenantMissing => (
            Code::NotConfigured,
            "The parameter PromoTenant of the deployment names no organization that is there.",
        ),
        JoinProblem::RoleMissing => (
            Code::NotConfigured,
            "The parameter PromoRole of the deployment names no role of the promotion's organization.",
        ),
        JoinProblem::TenantSuspended => (Code::WrongState, "The promotion's organization is suspended."),
        JoinProblem::NoSeat => (Code::Conflict, "Every seat of the promotion's organization is taken."),
        JoinProblem::MemberAlready => {
            (Code::Conflict, "The person belongs to the promotion's organization already.")
        }
        JoinProblem::PersonSuspended => {
            (Code::Conflict, "The person is suspended; a general administrator can restore the account.")
        }
    };
    ApiError::new(code, detail)
}
