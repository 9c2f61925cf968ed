//! Orders of accounts: who gets one and where, and the job that works on it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vestibule_account_step::{AccountSaga, Accounts};
use vestibule_api::EventFunction as _;
use vestibule_auth::{Actor, PlatformScope, SystemTask, TenantScope};
use vestibule_domain::{
    AccountOrder, AccountOrigin, Email, Job, JobId, JobKind, Mode, NewOrganization, PersonName, Preset,
    PromoSignup, PromoSignupId, RoleName, SignupJob, Tenant, TenantId, Tier, User, UserId, World,
};
use vestibule_models::{Cloud, SentMail};
use vestibule_saga::{begin_anew, run_anew};
use vestibule_saga_kit::{self as kit, Place};
use vestibule_store::{Founder, Founding, Store};

/// Who gets an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// Somebody whose address nobody has.
    New,
    /// Somebody who has signed up by themselves.
    Known,
    /// Somebody whom the platform has given an account before.
    Provisioned,
    /// Somebody whose address nobody has, who signed up for the promotion.
    SignedUp,
}

impl Person {
    pub(crate) fn is_new(self) -> bool {
        matches!(self, Self::New | Self::SignedUp)
    }
}

/// Orders of one kind, each for a person and a tenant of its own.
pub(crate) struct Orders {
    pub(crate) accounts: Accounts,
    pub(crate) kit: kit::Stack,
    pub(crate) person: Person,
    pub(crate) new_tenant: bool,
}

/// One order and its job.
pub(crate) struct Case {
    pub(crate) tenant: TenantId,
    pub(crate) job: JobId,
    pub(crate) order: AccountOrder,
    /// The person that was there before.
    pub(crate) known: Option<UserId>,
    /// The sign-up that the job works for.
    pub(crate) signup: Option<PromoSignupId>,
    /// Everything in the table about person and tenant, before the job.
    pub(crate) before: BTreeMap<String, String>,
}

/// Every kind of order.
pub(crate) const KINDS: [(Person, bool); 7] = [
    (Person::New, false),
    (Person::New, true),
    (Person::Known, false),
    (Person::Known, true),
    (Person::Provisioned, false),
    (Person::Provisioned, true),
    (Person::SignedUp, false),
];

impl Orders {
    pub(crate) async fn open((person, new_tenant): (Person, bool)) -> Self {
        let kit = kit::Stack::start().await;
        let accounts = Accounts::open(&kit.settings, kit.world.clone()).await.unwrap();
        Self { accounts, kit, person, new_tenant }
    }

    fn email(&self) -> Email {
        Email::parse(&format!("kim{}@home.example", self.kit.next_number())).unwrap()
    }

    fn somebody(&self, email: &Email) -> User {
        let name = PersonName::parse("Kim Doe").unwrap();
        User::new(UserId::new(&self.kit.world), email.clone(), name, &self.kit.world)
    }

    /// A tenant that somebody else founded.
    async fn found(&self) -> Tenant {
        let slug = format!("firm{}", self.kit.next_number());
        let founder = self.somebody(&self.email());
        let id = TenantId::new(&self.kit.world);
        let tenant = Tenant::founded(id, ("Firm", &slug), founder.email.clone(), "https://firm.example/");
        let founder = Founder::New(&founder);
        let founding =
            Founding { tenant: &tenant, preset: Preset::Brokerage, provider: None, founder, mail: None };
        let actor = Actor::System(SystemTask::Seed);
        self.kit.store.platform().found_tenant(&founding, &actor, &self.kit.world).await.unwrap();
        tenant
    }

    /// Begins the job of an order.
    pub(crate) async fn order(&self, order: AccountOrder, tenant: TenantId) -> Job {
        let (world, scope) = (&self.kit.world, PlatformScope::for_system(SystemTask::Seed));
        let mut job = Job::new(JobKind::ACCOUNT, tenant, world);
        run_anew(&mut job, Mode::Do, world.now());
        self.kit
            .store
            .administration(&scope)
            .begin_account((tenant, &job, &order), None, world)
            .await
            .unwrap();
        job
    }

    /// Somebody who would like an account of the promotion.
    async fn sign_up(&self, email: Email) -> PromoSignup {
        let (world, name) = (&self.kit.world, PersonName::parse("Kim Doe").unwrap());
        let signup = PromoSignup::new(PromoSignupId::new(world), (email, name, None), world.now());
        let actor = Actor::System(SystemTask::Seed);
        self.kit.store.platform().take_promo_signup(&signup, &actor, None, world).await.unwrap();
        signup
    }

    /// Begins the job of a sign-up's order.
    async fn order_for(&self, signup: &PromoSignup, case: &Case) -> Job {
        let (world, scope) = (&self.kit.world, PlatformScope::for_system(SystemTask::Seed));
        let mut job = Job::new(JobKind::ACCOUNT, signup.id, world);
        run_anew(&mut job, Mode::Do, world.now());
        let after = signup.begun(SignupJob { tenant: case.tenant, id: job.id }, world.now());
        let ordered = (case.tenant, &job, &case.order);
        let store = self.kit.store.administration(&scope);
        store.begin_promo_account((signup, &after), ordered, None, world).await.unwrap();
        job
    }

    /// Begins the job anew, as a person does who looked at it.
    pub(crate) async fn retry(&self, case: &Case) {
        let (mut job, scope) = (self.find_job(case).await, Self::scope(case.tenant));
        let anew = (&vestibule_sagas::AccountStep::DEFINITION, &mut job);
        begin_anew(self.kit.store.tenant(&scope), anew, None, &self.kit.world).await.unwrap();
    }

    pub(crate) fn new_order(&self, email: Email, organization: Option<NewOrganization>) -> AccountOrder {
        AccountOrder {
            email,
            name: PersonName::parse("Kim Doe").unwrap(),
            user: UserId::new(&self.kit.world),
            tier: Tier::Platinum,
            role: RoleName::parse("admin").unwrap(),
            organization,
            origin: AccountOrigin::Admin,
            by: "usr_seed".to_owned(),
        }
    }

    /// Somebody with an account in a tenant of their own.
    async fn provision(&self, email: &Email) -> UserId {
        let tenant = self.found().await.id;
        let order = AccountOrder { tier: Tier::Operandi, ..self.new_order(email.clone(), None) };
        let (user, job) = (order.user, self.order(order.clone(), tenant).await);
        let case = Case { tenant, job: job.id, order, known: None, signup: None, before: BTreeMap::new() };
        kit::run(&At(self), &case, &self.saga()).await;
        user
    }

    /// A tenant of this scope, for reading.
    pub(crate) fn scope(tenant: TenantId) -> TenantScope {
        TenantScope::for_system(tenant, SystemTask::Seed)
    }

    pub(crate) fn mails(&self, case: &Case) -> Vec<SentMail> {
        let job = case.job.to_string();
        let of_job = |mail: &SentMail| mail.tags.iter().any(|tag| tag.name == "job" && tag.value == job);
        self.kit.cloud.mailer().sent().unwrap().into_iter().filter(of_job).collect()
    }

    pub(crate) fn saga(&self) -> AccountSaga<'_> {
        AccountSaga::new(&self.accounts)
    }
}

/// Orders behind a reference, so that the saga can borrow them.
pub(crate) struct At<'a>(pub(crate) &'a Orders);

impl Orders {
    pub(crate) async fn new_case(&self) -> Case {
        let email = self.email();
        let known = match self.person {
            Person::New | Person::SignedUp => None,
            Person::Known => {
                let user = self.somebody(&email);
                let actor = Actor::System(SystemTask::Seed);
                self.kit.store.platform().create_user(&user, &actor, &self.kit.world).await.unwrap();
                Some(user.id)
            }
            Person::Provisioned => Some(self.provision(&email).await),
        };
        let (tenant, organization) = if self.new_tenant {
            let slug = format!("new{}", self.kit.next_number());
            let new = NewOrganization { name: "New Firm".to_owned(), slug, preset: Preset::Brokerage };
            (TenantId::new(&self.kit.world), Some(new))
        } else {
            (self.found().await.id, None)
        };
        let signup =
            if self.person == Person::SignedUp { Some(self.sign_up(email.clone()).await) } else { None };
        let order = self.new_order(email, organization);
        let (job, before, id) =
            (JobId::new(&self.kit.world), BTreeMap::new(), signup.as_ref().map(|signup| signup.id));
        let mut case = Case { tenant, job, order, known, signup: id, before };
        case.before = self.about(&case).await;
        case.job = match &signup {
            Some(signup) => self.order_for(signup, &case).await.id,
            None => self.order(case.order.clone(), tenant).await.id,
        };
        case
    }
}

impl<'a> Place for At<'a> {
    type Saga = AccountSaga<'a>;
    type Case = Case;
    type Outside = (isize, bool);

    fn store(&self) -> &Store {
        &self.0.accounts.store
    }
    fn world(&self) -> &World {
        &self.0.kit.world
    }
    fn cloud(&self) -> &Cloud {
        &self.0.kit.cloud
    }
    fn outlast_leases(&self) {
        self.0.kit.outlast_leases();
    }
    async fn wait_until(&self, _: &Case, at: Timestamp) {
        self.0.kit.move_to(at);
    }
    fn saga(&self) -> AccountSaga<'a> {
        AccountSaga::new(&self.0.accounts)
    }
    async fn case(&self) -> Case {
        self.0.new_case().await
    }
    fn job(&self, case: &Case) -> (TenantId, JobId) {
        (case.tenant, case.job)
    }
    async fn findings(&self, case: &Case) -> Vec<String> {
        self.0.judge(case).await
    }
    async fn outside(&self, case: &Case) -> (isize, bool) {
        let rows = self.0.about(case).await.len().cast_signed();
        (rows - case.before.len().cast_signed(), !self.0.mails(case).is_empty())
    }
    fn changes(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
    fn unrepeatable(&self, case: &Case) -> usize {
        self.0.mails(case).len()
    }
}
