//! The sample tenant, its mail organization and its first hires.

use vestibule_auth::TenantScope;
use vestibule_domain::{
    BrandColor, DocumentKind, Domain, Email, EndpointId, Hire, HireName, Invalid, JobStart, MailboxProvider,
    MailboxSettings, PersonName, SecuritySettings, Tenant, World,
};
use vestibule_models::Cloud;
use vestibule_store::Store;

use super::{SampleError, mailboxes, people};

/// The `WorkMail` organization of Test Brand.
pub(super) const ORGANIZATION: &str = "m-0123456789abcdef0123456789abcdef";
const SECOND_ORGANIZATION: &str = "m-fedcba9876543210fedcba9876543210";
const HIRES: [(&str, &str, &str); 3] = [
    ("Ada", "Sample", "ada.sample@example.org"),
    ("José", "Ó'Brien", "jose@example.org"),
    ("Zoë", "van den Berg", "zoe@example.org"),
];

pub(super) fn test_brand(
    (job_start, provider): (JobStart, MailboxProvider),
    world: &World,
) -> Result<Tenant, Invalid> {
    let domain = Domain::parse("test-brand.example")?;
    let documents = ["w9", "baa", "hire_agreement"].map(DocumentKind::parse);
    Ok(Tenant {
        id: people::tenant_id(),
        slug: "test-brand".into(),
        name: "Test Brand".into(),
        mailboxes: Some(mailboxes::settings(provider, &domain)?),
        domain: Some(domain),
        mailboxes_before: Vec::new(),
        mailbox_secrets: Vec::new(),
        first_password: None,
        documents: documents.into_iter().collect::<Result<_, _>>()?,
        job_start,
        endpoint: Some(EndpointId::new(world)),
        crm_url: "https://crm.test-brand.example/".into(),
        support: Email::parse("people@test-brand.example")?,
        color: None,
        security: SecuritySettings::default(),
        tier: vestibule_domain::Tier::Platinum,
        version: 0,
    })
}

pub(super) fn second_brand(job_start: JobStart, world: &World) -> Result<Tenant, Invalid> {
    Ok(Tenant {
        id: people::second_id(),
        slug: "second-brand".into(),
        name: "Second Brand".into(),
        domain: Some(Domain::parse("second-brand.example")?),
        mailboxes: Some(MailboxSettings::WorkMail { organization: SECOND_ORGANIZATION.into() }),
        mailboxes_before: Vec::new(),
        mailbox_secrets: Vec::new(),
        first_password: None,
        crm_url: "https://crm.second-brand.example/".into(),
        support: Email::parse("people@second-brand.example")?,
        color: Some(BrandColor::parse("#0f766e")?),
        ..test_brand((job_start, MailboxProvider::WorkMail), world)?
    })
}

/// Makes the organization that owns the tenant's mail domain; making it again changes nothing.
pub(super) fn prepare_organization(cloud: &Cloud, tenant: &Tenant) -> Result<(), SampleError> {
    let organization = if tenant.id == people::tenant_id() { ORGANIZATION } else { SECOND_ORGANIZATION };
    if let Some(domain) = &tenant.domain {
        cloud.work_mail().add_organization(organization, domain.as_str())?;
    }
    Ok(())
}

pub(super) async fn sample_hires(
    store: &Store,
    scope: &TenantScope,
    tenant: &Tenant,
    world: &World,
) -> Result<(), SampleError> {
    for (given, family, email) in HIRES {
        let name = HireName { given: PersonName::parse(given)?, family: PersonName::parse(family)? };
        let hire = Hire::new(name, Email::parse(email)?, &tenant.documents, world);
        store.tenant(scope).create_hire(&hire, None, world).await?;
    }
    Ok(())
}
