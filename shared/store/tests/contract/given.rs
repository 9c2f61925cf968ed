//! Tenants, people, hires and jobs to begin with.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{
    Address, DocumentKind, Domain, Email, EndpointId, Hire, HireName, Job, JobKind, JobStart, LocalPart,
    MailboxSettings, PermissionSet, PersonName, RoleName, SecuritySettings, SessionId, Tenant, TenantId,
    User, UserId, World,
};
use vestibule_store::{Answer, IdempotencyKey, SeedTenant, SeedUser, Session};

use crate::table::Table;

/// A scope of a tenant that has no settings yet.
pub(crate) fn scope(world: &World) -> TenantScope {
    TenantScope::for_system(TenantId::new(world), SystemTask::Sweep)
}

pub(crate) fn kind(name: &str) -> DocumentKind {
    DocumentKind::parse(name).unwrap()
}

/// A hire with these documents, not stored.
pub(crate) fn hire(documents: &[&str], world: &World) -> Hire {
    let (given, family) = (PersonName::parse("Kim").unwrap(), PersonName::parse("Doe").unwrap());
    let documents: Vec<_> = documents.iter().map(|name| kind(name)).collect();
    let email = Email::parse("kim@example.org").unwrap();
    Hire::new(HireName { given, family }, email, &documents, world)
}

/// A stored hire with a stored pending mailbox job.
pub(crate) async fn hire_with_job(table: &Table, scope: &TenantScope) -> (Hire, Job) {
    let mut hire = hire(&["w9"], &table.world);
    let store = table.store.tenant(scope);
    store.create_hire(&hire, None, &table.world).await.unwrap();
    let job = Job::new(JobKind::MAILBOX, hire.id, &table.world);
    store.create_job(&job, &mut hire, None, &table.world).await.unwrap();
    (hire, job)
}

/// An address at the test's domain.
pub(crate) fn address(local: &str) -> Address {
    let domain = Domain::parse("acme.example").unwrap();
    LocalPart::parse(local).unwrap().at(&domain)
}

/// An answer to keep under `key` of `caller`.
pub(crate) fn answer(caller: &str, key: &str) -> Answer {
    Answer {
        partition: caller.into(),
        key: IdempotencyKey::parse(key).unwrap(),
        fingerprint: "hash".into(),
        status: 201,
        body: "{}".into(),
    }
}

/// A tenant with one person, `admin`, whose session lasts an hour.
pub(crate) fn seed(world: &World) -> SeedTenant {
    let id = TenantId::new(world);
    let slug = id.ulid().to_lowercase();
    let tenant = Tenant {
        id,
        domain: Some(Domain::parse(&format!("{slug}.example")).unwrap()),
        slug,
        name: "Acme".into(),
        mailboxes: Some(MailboxSettings::WorkMail { organization: "m-0".into() }),
        mailboxes_before: Vec::new(),
        mailbox_secrets: Vec::new(),
        first_password: None,
        documents: vec![kind("w9")],
        job_start: JobStart::Automatic,
        endpoint: Some(EndpointId::new(world)),
        crm_url: "https://crm.acme.example/".into(),
        support: Email::parse("help@acme.example").unwrap(),
        color: None,
        security: SecuritySettings::default(),
        tier: vestibule_domain::Tier::default(),
        version: 0,
    };
    let id = UserId::new(world);
    let email = Email::parse(&format!("admin.{}@acme.example", id.ulid())).unwrap();
    let user = User::new(id, email.clone(), PersonName::parse("Ada Admin").unwrap(), world);
    let session = Some(session(tenant.id, world));
    SeedTenant {
        tenant,
        provider: "docusign".into(),
        roles: BTreeMap::from([("admin".to_owned(), PermissionSet::all())]),
        members: vec![(id, email, RoleName::parse("admin").unwrap())],
        users: vec![SeedUser { user, password: None, session }],
    }
}

/// A session of an hour.
pub(crate) fn session(tenant: TenantId, world: &World) -> Session {
    Session {
        id: SessionId::new(world),
        tenant: Some(tenant),
        epoch: 0,
        created: world.now(),
        refreshed: None,
        refreshed_before: None,
        expires: world.now() + SignedDuration::from_hours(1),
        ended: None,
        strong: false,
        method: "test".into(),
        device: None,
        current: None,
        previous: None,
        salt: None,
    }
}
