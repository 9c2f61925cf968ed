//! Sign-ups of the promotion in several states, so that their list has something to show: one that nobody did anything with, one whose
//! job failed, and one that is an account. Their jobs are those of an earlier promotion, of the second brand.

use jiff::SignedDuration;
use vestibule_auth::{Actor, PlatformScope, SystemTask, TenantScope};
use vestibule_domain::{
    AccountOrder, AccountOrigin, Email, Job, JobError, JobKind, JobStatus, PersonName, PromoSignup,
    PromoSignupId, RoleName, SignupJob, StepStatus, TenantId, Tier, UserId, World,
};
use vestibule_sagas::{AccountState, AccountStep, MailTry};
use vestibule_store::{JobEvent, Store};

use super::SampleError;

/// Address, name and company, how many hours ago it came, and how its job ended.
type SignedUp = (&'static str, &'static str, Option<&'static str>, i64, Option<JobStatus>);

/// The earlier ones come first.
const SIGNED_UP: [SignedUp; 3] = [
    ("ada.early@example.org", "Ada Early", Some("Early & Sons"), 50, Some(JobStatus::Succeeded)),
    ("rolf.refused@example.org", "Rolf Refused", None, 26, Some(JobStatus::Failed)),
    ("nora.new@example.org", "Nora New", Some("New Things"), 2, None),
];

/// Writes them. Their jobs are records only: no mail was sent, and nobody was made.
pub(super) async fn sign_up(store: &Store, tenant: TenantId, world: &World) -> Result<(), SampleError> {
    for (email, name, company, hours, ended) in SIGNED_UP {
        let given = (Email::parse(email)?, PersonName::parse(name)?, company.map(str::to_owned));
        let at =
            world.now().saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(jiff::Timestamp::MIN);
        let signup = PromoSignup::new(PromoSignupId::of_time(at, world), given, at);
        let actor = Actor::System(SystemTask::Seed);
        store.platform().take_promo_signup(&signup, &actor, None, world).await?;
        // The address may have signed up before.
        let scope = PlatformScope::for_system(SystemTask::Seed);
        let taken = store.administration(&scope).find_promo_signup(signup.id).await?.is_some();
        if let Some(status) = ended.filter(|_| taken) {
            work(store, tenant, (&signup, status), world).await?;
        }
    }
    Ok(())
}

/// A job that works for a sign-up and ended so.
async fn work(
    store: &Store,
    tenant: TenantId,
    (signup, status): (&PromoSignup, JobStatus),
    world: &World,
) -> Result<(), SampleError> {
    let (scope, within) =
        (PlatformScope::for_system(SystemTask::Seed), TenantScope::for_system(tenant, SystemTask::Seed));
    let order = AccountOrder {
        email: signup.email.clone(),
        name: signup.name.clone(),
        user: UserId::new(world),
        tier: Tier::Operandi,
        role: RoleName::parse("viewer")?,
        organization: None,
        origin: AccountOrigin::Promo,
        by: SystemTask::Seed.name().to_owned(),
    };
    let mut job = Job::new(JobKind::ACCOUNT, signup.id, world);
    (job.status, job.attempt) = (JobStatus::Running, 1);
    let after = signup.begun(SignupJob { tenant, id: job.id }, world.now());
    store
        .administration(&scope)
        .begin_promo_account((signup, &after), (tenant, &job, &order), None, world)
        .await?;
    end(&mut job, status, world)?;
    let event = JobEvent { from: Some(JobStatus::Running), action: "job.finish", ..JobEvent::default() };
    Ok(store.tenant(&within).save_job(&mut job, event, world).await?)
}

/// Writes its steps as a job has them that ended so: all done, or all undone after the mail was refused twice.
fn end(job: &mut Job, status: JobStatus, world: &World) -> Result<(), SampleError> {
    let (at, failed) = (world.now(), status == JobStatus::Failed);
    (job.status, job.due) = (status, None);
    for step in AccountStep::DEFINITION.steps.iter().filter(|step| !failed || step.undo) {
        let record = job.step_mut(step.name);
        record.status = if failed { StepStatus::Undone } else { StepStatus::Done };
        (record.attempts, record.started, record.ended) = (1, Some(at), Some(at));
    }
    if !failed {
        return Ok(());
    }
    let (code, step) = ("message_rejected".to_owned(), AccountStep::Invitation.as_str().to_owned());
    let record = job.step_mut(&step);
    (record.attempts, record.error) = (2, Some(code.clone()));
    let refused = MailTry { run: 1, at, refused: Some(code.clone()), waits: false };
    let state = AccountState { mails: vec![refused.clone(), refused], ..AccountState::default() };
    job.last_error = Some(JobError { code, step, at, retryable: false });
    Ok(job.set_state(&state)?)
}
