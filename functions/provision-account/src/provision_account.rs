//! `POST /api/admin/provision-account`

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, FieldProblem, Given, PlatformMutation, Reply};
use vestibule_auth::{Grant, PlatformScope};
use vestibule_domain::{
    AccountOrder, AccountOrigin, CompanyName, Email, Invalid, Job, JobKind, Mode, NewOrganization,
    PersonName, Preset, RoleName, Slug, TenantId, Tier, UserId,
};
use vestibule_provision_run::run_job::Wait;
use vestibule_saga::run_anew;
use vestibule_store::{Administration, FoundJob, JoinProblem, PlatformJob};

use crate::{Provisioning, job_view::PlatformJobView};

/// Time between two looks at a job while waiting.
const LOOK: Duration = Duration::from_millis(200);

/// An organization that is made with the account.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationOrder {
    /// The company's name, 1 to 80 characters of any script.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "Acme", max_length = 80)]
    pub name: Given<String>,
    /// Its name in addresses of pages: 3 to 40 lower-case letters, digits and single hyphens, a letter first.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "acme", min_length = 3, max_length = 40, pattern = "^[a-z][a-z0-9-]*$")]
    pub slug: Given<String>,
    /// The kind of business, which decides the first roles: `brokerage` or `brand`.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "brokerage", pattern = "^(brokerage|brand)$")]
    pub preset: Given<String>,
}

/// An account to be: for somebody with this address, in an organization that is there or that is made with it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProvisionAccount {
    /// The person's address. Who has an account keeps it, gets a place in the organization, and has this tier from then on. Not the
    /// caller's own: another administrator has to order that.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "kim@acme.example")]
    pub email: Given<String>,
    /// Their name, if they are new.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "Kim Doe", max_length = 60)]
    pub name: Given<String>,
    /// `free`, `platinum` or `operandi`. A new organization has it too.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "platinum", pattern = "^(free|platinum|operandi)$")]
    pub tier: Given<String>,
    /// Their role in the organization. In a new one it is that of its administrator, and can be left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "admin")]
    pub role: Given<String>,
    /// The id of an organization; this or `organization`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub tenant: Given<String>,
    /// A new organization; this or `tenant`.
    #[serde(default)]
    #[schema(value_type = Option<OrganizationOrder>)]
    pub organization: Given<OrganizationOrder>,
}

/// Everything that is wrong with a body: what cannot be right, and what does not fit what is there.
#[derive(Default)]
struct Problems {
    fields: Vec<FieldProblem>,
    /// Whether something cannot be right whatever is there.
    invalid: bool,
    /// Whether something is missing, or of another kind than it should be.
    unread: bool,
}

const TEXT: &str = "Send a text.";

impl Problems {
    /// What `parse` makes of a text, or `None` with the problem noted under `field`.
    fn take<T>(
        &mut self,
        field: &str,
        sent: &Given<String>,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let text = sent.value(TEXT).map_err(|instead| self.not_read(field, instead)).ok()?;
        parse(text).map_err(|invalid| self.refuse(field, &invalid.to_string())).ok()
    }

    fn not_read(&mut self, field: &str, instead: &str) {
        self.unread = true;
        self.meet(field, instead);
    }

    fn refuse(&mut self, field: &str, detail: &str) {
        self.invalid = true;
        self.meet(field, detail);
    }

    fn meet(&mut self, field: &str, detail: &str) {
        self.fields.push(FieldProblem { field: field.to_owned(), detail: detail.to_owned() });
    }

    /// 400 where something is missing or of another kind, 422 where the body has to be another one, 409 where only what is there
    /// stands against it.
    fn into_error(self) -> ApiError {
        let named: Vec<_> = self.fields.iter().map(|problem| problem.field.as_str()).collect();
        let correct = format!("Correct these fields and send the request again: {}.", named.join(", "));
        let (code, detail) = match self.fields.first() {
            _ if self.unread => (Code::BodyInvalid, correct),
            Some(first) if !self.invalid => (Code::Conflict, first.detail.clone()),
            _ => (Code::Invalid, correct),
        };
        ApiError::Problem { code, detail, fields: self.fields }
    }
}

/// Gives somebody an account: makes the person, or finds them by their address; gives them their place in the organization, which
/// may be made with it; sets the tier; and mails the invitation. What was begun and could not be finished is taken back. The answer
/// is the job; its address tells how it goes.
#[utoipa::path(post, path = "/api/admin/provision-account", tag = "accounts", responses((status = 202, body = PlatformJobView), (status = 409)))]
pub async fn provision_account(
    State(state): State<Provisioning>,
    wait: Wait,
    request: PlatformMutation<ProvisionAccount>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Grant::GeneralAdmin)?;
    let (tenant, order) = read(&state, &scope, &request.body).await?;
    let world = &state.api.world;
    let mut job = Job::new(JobKind::ACCOUNT, tenant, world);
    run_anew(&mut job, Mode::Do, world.now());
    let place = PlatformJob { tenant, job: job.id, kind: job.kind.clone() };
    let found = FoundJob { place, job, order: Some(order), tenant_name: None };
    let reply = Reply::new(StatusCode::ACCEPTED, &PlatformJobView::from(&found))?;
    let FoundJob { job, order, .. } = &found;
    if let Some(order) = order {
        let store = state.api.store.administration(&scope);
        store.begin_account((tenant, job, order), request.answer(&reply), world).await?;
    }
    state.launch(tenant, job).await;
    if wait.wait == 0 {
        return Ok(reply);
    }
    let found = ended(&state, &scope, found, Duration::from_secs(wait.wait)).await?;
    Reply::new(StatusCode::ACCEPTED, &PlatformJobView::from(&found))
}

/// The order that a body stands for, and the tenant that it is for; all problems of it at once.
async fn read(
    state: &Provisioning,
    scope: &PlatformScope,
    body: &ProvisionAccount,
) -> Result<(TenantId, AccountOrder), ApiError> {
    let mut problems = Problems::default();
    let email = problems.take("email", &body.email, Email::parse);
    let name = problems.take("name", &body.name, PersonName::parse);
    let tier = problems.take("tier", &body.tier, Tier::parse);
    let mut role = match (&body.role, &body.organization) {
        // It is that of the new organization's administrator.
        (Given::Missing, Given::Right(_)) => None,
        (sent, _) => problems.take("role", sent, RoleName::parse),
    };
    let store = state.api.store.administration(scope);
    if email.as_ref().is_some_and(|email| store.is_own_address(email)) {
        problems
            .meet("email", "This is your own address; another administrator has to order an account for it.");
    }
    let (mut tenant, mut organization) = (None, None);
    match (&body.tenant, &body.organization) {
        (Given::Right(id), Given::Missing) => {
            tenant = id.parse::<TenantId>().ok();
            let found = match tenant {
                Some(tenant) => store.find_join_problems(tenant, email.as_ref(), role.as_ref()).await?,
                None => vec![JoinProblem::TenantMissing],
            };
            for problem in found {
                tell(&mut problems, problem);
            }
        }
        (Given::Missing, Given::Right(new)) => {
            (tenant, organization) =
                (Some(TenantId::new(&state.api.world)), found_organization(&mut problems, new));
            if let Some(new) = &organization {
                judge_new(&mut problems, &store, (new, &mut role)).await?;
            }
            if let Some(email) = &email
                && store.is_kept_out(email).await?
            {
                tell(&mut problems, JoinProblem::PersonSuspended);
            }
        }
        (Given::Wrong, _) => problems.not_read("tenant", TEXT),
        (_, Given::Wrong) => {
            problems.not_read("organization", "Send one JSON object with `name`, `slug` and `preset`.");
        }
        _ => problems.refuse("tenant", "Give either `tenant` or `organization`."),
    }
    match (email, name, tier, role, tenant) {
        (Some(email), Some(name), Some(tier), Some(role), Some(tenant)) if problems.fields.is_empty() => {
            let (user, origin, by) = (UserId::new(&state.api.world), AccountOrigin::Admin, store.by());
            Ok((tenant, AccountOrder { email, name, user, tier, role, organization, origin, by }))
        }
        _ => Err(problems.into_error()),
    }
}

/// Whether there can be such an organization, and whether the role is that of its first member; a role that was left out is.
async fn judge_new(
    problems: &mut Problems,
    store: &Administration<'_>,
    (new, role): (&NewOrganization, &mut Option<RoleName>),
) -> Result<(), ApiError> {
    if store.is_slug_taken(&new.slug).await? {
        let detail = "An organization has this slug already; choose another one.";
        problems.meet("organization.slug", detail);
    }
    let leads = new.preset.founder_role();
    if *role.get_or_insert_with(|| leads.clone()) != leads {
        let name = leads.as_str();
        let detail = format!("The first member of a new organization is its administrator: give `{name}`.");
        problems.refuse("role", &detail);
    }
    Ok(())
}

fn found_organization(problems: &mut Problems, new: &OrganizationOrder) -> Option<NewOrganization> {
    let name = problems.take("organization.name", &new.name, CompanyName::parse);
    let slug = problems.take("organization.slug", &new.slug, Slug::parse);
    let preset = problems.take("organization.preset", &new.preset, Preset::parse);
    let (name, slug, preset) = (name?, slug?, preset?);
    Some(NewOrganization { name: name.as_str().to_owned(), slug: slug.as_str().to_owned(), preset })
}

fn tell(problems: &mut Problems, problem: JoinProblem) {
    match problem {
        JoinProblem::TenantMissing => problems.refuse("tenant", "There is no such organization."),
        JoinProblem::RoleMissing => problems.refuse("role", "The organization has no such role."),
        JoinProblem::TenantSuspended => problems.meet("tenant", "The organization is suspended."),
        JoinProblem::NoSeat => problems.meet("tenant", "Every seat of the organization is taken."),
        JoinProblem::MemberAlready => {
            problems.meet("email", "The person belongs to the organization already.");
        }
        JoinProblem::PersonSuspended => {
            problems.meet("email", "The person is suspended; restore the account first.");
        }
    }
}

/// The job when it has ended, or as it is when the time is over.
async fn ended(
    state: &Provisioning,
    scope: &PlatformScope,
    mut found: FoundJob,
    wait: Duration,
) -> Result<FoundJob, ApiError> {
    let mut left = wait;
    while !found.job.status.is_final() && !left.is_zero() {
        tokio::time::sleep(LOOK).await;
        left = left.saturating_sub(LOOK);
        let read = state.api.store.administration(scope).find_platform_job(found.job.id).await?;
        found = read.ok_or_else(ApiError::not_found)?;
    }
    Ok(found)
}
