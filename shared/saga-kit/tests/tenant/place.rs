//! Where the saga runs: a tenant for each case, in whose organization the first name is a stranger's.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use vestibule_api::state::mailer;
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{
    Domain, Email, Job, JobId, JobKind, JobStart, JobStatus, MailboxSettings, SecuritySettings, StepStatus,
    Tenant, TenantId, World,
};
use vestibule_models::{Cloud, SentMail, User, UserState};
use vestibule_saga::{run_anew, start_pending};
use vestibule_saga_kit::{Place, Stack};
use vestibule_store::{JobEvent, SeedTenant, Store, TenantStore};

use crate::saga::{Reception, ReceptionSaga, Step};

/// The stack, and the saga over it.
pub(crate) struct Receptions {
    pub(crate) stack: Stack,
    saga: ReceptionSaga,
    results: u32,
}

/// Results of a job where much else is tried; `VESTIBULE_RESULTS` gives another number.
const FEW: u32 = 60;
/// Results of a job otherwise.
pub(crate) const MANY: u32 = 300;

/// A tenant, its job and the job that has to end before.
pub(crate) struct Case {
    pub(crate) tenant: Tenant,
    pub(crate) organization: String,
    pub(crate) stranger: User,
    pub(crate) job: JobId,
    pub(crate) other: JobId,
}

impl Receptions {
    /// With jobs of 300 results.
    pub(crate) async fn start() -> Self {
        Self::with(MANY).await
    }

    /// With jobs of fewer results, unless the caller of the tests wants more.
    pub(crate) async fn small() -> Self {
        let wanted = std::env::vars().find(|(name, _)| name == "VESTIBULE_RESULTS");
        Self::with(wanted.map_or(FEW, |(_, count)| count.parse().unwrap())).await
    }

    async fn with(results: u32) -> Self {
        let stack = Stack::start().await;
        let mailer = mailer(&stack.settings, &stack.settings.aws("SESV2").unwrap()).unwrap();
        let work_mail = stack.settings.aws("WORKMAIL").unwrap();
        Self { stack, saga: ReceptionSaga { work_mail, mailer: Arc::new(mailer) }, results }
    }

    pub(crate) fn scoped<'a>(&'a self, scope: &'a TenantScope) -> TenantStore<'a> {
        self.stack.store.tenant(scope)
    }

    /// The mails of a case's job.
    pub(crate) fn mails(&self, case: &Case) -> Vec<SentMail> {
        let job = case.job.to_string();
        let of_job = |mail: &SentMail| mail.tags.iter().any(|tag| tag.name == "job" && tag.value == job);
        self.stack.cloud.mailer().sent().unwrap().into_iter().filter(of_job).collect()
    }

    /// The accounts that the case's job made.
    pub(crate) fn ours(&self, case: &Case) -> Vec<User> {
        let users = self.stack.cloud.work_mail().users(&case.organization).unwrap();
        users.into_iter().filter(|user| user.id != case.stranger.id).collect()
    }

    async fn tenant(&self, organization: &str, domain: &str) -> Tenant {
        let tenant = Tenant {
            id: TenantId::new(&self.stack.world),
            slug: domain.replace('.', "-"),
            name: domain.to_owned(),
            domain: Some(Domain::parse(domain).unwrap()),
            mailboxes: Some(MailboxSettings::WorkMail { organization: organization.to_owned() }),
            mailboxes_before: Vec::new(),
            mailbox_secrets: Vec::new(),
            first_password: None,
            documents: Vec::new(),
            job_start: JobStart::Automatic,
            endpoint: None,
            crm_url: "https://crm.vestibule.example/".to_owned(),
            support: Email::parse("help@vestibule.example").unwrap(),
            color: None,
            security: SecuritySettings::default(),
            tier: vestibule_domain::Tier::default(),
            version: 0,
        };
        let seed = SeedTenant {
            tenant: tenant.clone(),
            provider: "docusign".to_owned(),
            roles: BTreeMap::new(),
            members: Vec::new(),
            users: Vec::new(),
        };
        self.stack.store.platform().create_tenant(&seed).await.unwrap();
        tenant
    }

    /// The job that has to end first ends.
    async fn end_other(&self, case: &Case) {
        let scope = scope(case.tenant.id);
        let mut other = self.scoped(&scope).find::<Job>(case.other).await.unwrap().unwrap();
        if other.status.is_final() {
            return;
        }
        let from = Some(other.status);
        (other.status, other.due) = (JobStatus::Succeeded, None);
        let event = JobEvent { from, action: "job.finish", ..JobEvent::default() };
        self.scoped(&scope).save_job(&mut other, event, &self.stack.world).await.unwrap();
    }
}

pub(crate) fn scope(tenant: TenantId) -> TenantScope {
    TenantScope::for_system(tenant, SystemTask::Seed)
}

impl Place for Receptions {
    type Saga = ReceptionSaga;
    type Case = Case;
    type Outside = Vec<(UserState, String)>;

    fn store(&self) -> &Store {
        &self.stack.store
    }
    fn world(&self) -> &World {
        &self.stack.world
    }
    fn cloud(&self) -> &Cloud {
        &self.stack.cloud
    }
    fn outlast_leases(&self) {
        self.stack.outlast_leases();
    }

    async fn wait_until(&self, case: &Case, at: Timestamp) {
        self.stack.move_to(at);
        let job = vestibule_saga_kit::job(self, case).await;
        if job.step(Step::AwaitOther.as_str()).status == StepStatus::Waiting {
            self.end_other(case).await;
        }
    }

    fn saga(&self) -> ReceptionSaga {
        self.saga.clone()
    }

    async fn case(&self) -> Case {
        let (number, world) = (self.stack.next_number(), &self.stack.world);
        let (organization, domain) = (format!("m-{number:032x}"), format!("tenant{number}.example"));
        let work_mail = self.stack.cloud.work_mail();
        work_mail.add_organization(&organization, &domain).unwrap();
        let stranger =
            work_mail.add_foreign_user(&organization, "reception1", &format!("reception1@{domain}")).unwrap();
        let users = work_mail.users(&organization).unwrap();
        let stranger = users.into_iter().find(|user| user.id == stranger).unwrap();
        let tenant = self.tenant(&organization, &domain).await;
        let scope = scope(tenant.id);
        let store = self.scoped(&scope);
        let mut other = Job::new(JobKind::new("other"), tenant.id, world);
        run_anew(&mut other, vestibule_domain::Mode::Do, world.now());
        store.add_job(&other, None, world).await.unwrap();
        let mut job = Job::new(Step::DEFINITION.kind(), tenant.id, world);
        job.set_state(&Reception { other: Some(other.id), results: self.results, until: None, rejected: 0 })
            .unwrap();
        store.add_job(&job, None, world).await.unwrap();
        start_pending(store, &mut job, None, world).await.unwrap();
        Case { organization, stranger, job: job.id, other: other.id, tenant }
    }

    fn job(&self, case: &Case) -> (TenantId, JobId) {
        (case.tenant.id, case.job)
    }

    async fn findings(&self, case: &Case) -> Vec<String> {
        crate::oracle::findings(self, case).await
    }

    async fn outside(&self, case: &Case) -> Vec<(UserState, String)> {
        self.ours(case).into_iter().map(|user| (user.state, user.name)).collect()
    }

    fn changes(&self) -> BTreeMap<String, u64> {
        self.stack.cloud.work_mail().mutations().unwrap()
    }

    fn unrepeatable(&self, case: &Case) -> usize {
        self.mails(case).len()
    }
}
