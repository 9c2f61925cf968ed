//! A tenant with its own directory and mail domain, its hires and their jobs.

use std::{collections::BTreeMap, sync::Mutex};

use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{
    Address, DocumentKind, DocumentStatus, Domain, Email, EnvelopeEvent, Hire, HireId, HireName, Job, JobId,
    JobKind, JobStart, JobStatus, LocalPart, PersonName, Taken, Tenant, TenantId,
};
use vestibule_mailbox_step::MailboxSaga;
use vestibule_models::SentMail;
use vestibule_saga::start_pending;
use vestibule_store::{SeedTenant, TenantStore};

use crate::{
    directory::{Account, Directory},
    stack::Stack,
};

/// A hire and the job at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    /// For whom.
    pub(crate) hire: HireId,
    /// Which job.
    pub(crate) job: JobId,
}

/// A tenant. Cases with firms of their own do not meet.
pub(crate) struct Firm<'a> {
    /// Where it lives.
    pub(crate) stack: &'a Stack,
    /// Its settings.
    pub(crate) tenant: Tenant,
    /// Its place at the provider.
    pub(crate) directory: Directory,
    /// Users that no job made, as they were added.
    pub(crate) strangers: Mutex<Vec<Account>>,
    scope: TenantScope,
}

impl<'a> Firm<'a> {
    /// A seeded tenant; one stranger lives in its directory.
    pub(crate) async fn open(stack: &'a Stack) -> Self {
        let number = stack.next_firm();
        let (id, domain) = (TenantId::new(&stack.tools.world), format!("firm{number}.example"));
        let (directory, mailboxes) = Directory::open(&stack.cloud, stack.provider, (number, id));
        let tenant = Tenant {
            id,
            slug: format!("firm{number}"),
            name: format!("Firm {number}"),
            domain: Some(Domain::parse(&domain).unwrap()),
            mailboxes: Some(mailboxes),
            mailboxes_before: Vec::new(),
            mailbox_secrets: Vec::new(),
            first_password: Some(stack.way),
            documents: ["w9", "hire_agreement"].map(|kind| DocumentKind::parse(kind).unwrap()).into(),
            job_start: JobStart::Automatic,
            endpoint: None,
            crm_url: "https://crm.vestibule.example/".to_owned(),
            support: Email::parse("help@vestibule.example").unwrap(),
            color: None,
            security: vestibule_domain::SecuritySettings::default(),
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
        stack.tools.store.platform().create_tenant(&seed).await.unwrap();
        let scope = TenantScope::for_system(id, SystemTask::Seed);
        let firm = Self { stack, tenant, directory, strangers: Mutex::default(), scope };
        assert!(firm.add_stranger("bystander", "bystander"));
        firm
    }

    /// A firm with one hire, whose mailbox job is running.
    pub(crate) async fn with_hire(stack: &'a Stack) -> (Self, Work) {
        let firm = Self::open(stack).await;
        let work = firm.hire("José", "Ó'Brien").await;
        (firm, work)
    }

    /// The firm's rows.
    pub(crate) fn store(&self) -> TenantStore<'_> {
        self.stack.tools.store.tenant(&self.scope)
    }

    /// A hire that signs every document; the job that this brings is started.
    pub(crate) async fn hire(&self, given: &str, family: &str) -> Work {
        let (world, name) = (&self.stack.tools.world, |text| PersonName::parse(text).unwrap());
        let name = HireName { given: name(given), family: name(family) };
        let personal = Email::parse(&format!("home{}@personal.example", self.stack.next_firm())).unwrap();
        let mut hire = Hire::new(name, personal, &self.tenant.documents, world);
        self.store().create_hire(&hire, None, world).await.unwrap();
        for kind in &self.tenant.documents {
            let (envelope, status) = (format!("envelope-{kind}"), DocumentStatus::Signed);
            let signed = EnvelopeEvent { envelope, status, at: None };
            assert_eq!(hire.take_document(kind, &signed, world.now()), Some(Taken::Moved));
            let job = hire.is_due().then(|| Job::new(JobKind::MAILBOX, hire.id, world));
            if let Some(job) = &job {
                (hire.mailbox_job, hire.provisioning) = (Some(job.id), Some(JobStatus::Pending));
            }
            let change = (kind, DocumentStatus::Pending);
            self.store().record_document(&mut hire, change, job.as_ref(), world).await.unwrap();
        }
        let work = Work { hire: hire.id, job: hire.mailbox_job.unwrap() };
        self.begin(work).await;
        work
    }

    /// A running job that sends the hire a new password.
    pub(crate) async fn new_password(&self, hire: HireId) -> Work {
        let world = &self.stack.tools.world;
        let job = Job::new(JobKind::CREDENTIALS, hire, world);
        let mut hire = self.find_hire(hire).await;
        self.store().create_job(&job, &mut hire, None, world).await.unwrap();
        let work = Work { hire: hire.id, job: job.id };
        self.begin(work).await;
        work
    }

    pub(crate) async fn begin(&self, work: Work) {
        let mut job = self.job(work).await;
        start_pending(self.store(), &mut job, None, &self.stack.tools.world).await.unwrap();
    }

    /// The job as it is in the table.
    pub(crate) async fn job(&self, work: Work) -> Job {
        self.store().find::<Job>(work.job).await.unwrap().unwrap()
    }

    /// The hire as it is in the table.
    pub(crate) async fn find_hire(&self, hire: HireId) -> Hire {
        self.store().find::<Hire>(hire).await.unwrap().unwrap()
    }

    /// Its mail domain.
    pub(crate) fn domain(&self) -> &Domain {
        self.tenant.domain.as_ref().unwrap()
    }

    /// The `n`th spelling of the address of José Ó'Brien.
    pub(crate) fn address(&self, n: u32) -> Address {
        LocalPart::parse("jose.obrien").unwrap().numbered(n).at(self.domain())
    }

    /// Adds a user by hand, with this name and this local part of its address; false when the address is somebody's.
    pub(crate) fn add_stranger(&self, name: &str, local: &str) -> bool {
        let Some(id) = self.directory.add_stranger(&self.stack.cloud, name, local) else { return false };
        let added = self.users().into_iter().find(|user| user.id() == id).unwrap();
        self.strangers.lock().unwrap().push(added);
        true
    }

    /// Everybody in the directory.
    pub(crate) fn users(&self) -> Vec<Account> {
        self.directory.accounts(&self.stack.cloud)
    }

    /// The users that jobs made. An administrator at Google is nobody's.
    pub(crate) fn ours(&self) -> Vec<Account> {
        let strangers = self.strangers.lock().unwrap();
        self.users()
            .into_iter()
            .filter(|user| user.name() != "root")
            .filter(|user| strangers.iter().all(|stranger| stranger.id() != user.id()))
            .collect()
    }

    /// The mails of a job, oldest first.
    pub(crate) fn mails(&self, work: Work) -> Vec<SentMail> {
        let job = work.job.to_string();
        let of_job = |mail: &SentMail| mail.tags.iter().any(|tag| tag.name == "job" && tag.value == job);
        self.stack.cloud.mailer().sent().unwrap().into_iter().filter(of_job).collect()
    }

    /// The saga over this stack.
    pub(crate) fn saga(&self) -> MailboxSaga<'a> {
        MailboxSaga::new(&self.stack.tools)
    }
}
