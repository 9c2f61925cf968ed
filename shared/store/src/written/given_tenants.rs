//! Tenants and their settings, of any values that their constructors take.

use vestibule_domain::{
    CompanySize, CompanyStep, DirectoryId, FirstPassword, Industry, IntegrationsStep, JobStart,
    MailboxProvider, MailboxSecret, MailboxSettings, SecuritySettings, Setup, Tenant, Tier,
};

use super::given::Given;

impl Given {
    pub(super) fn tenant(&self) -> Tenant {
        Tenant {
            id: self.id(),
            slug: self.any_text(20),
            name: self.any_text(40),
            domain: self.maybe(|| self.domain()),
            mailboxes: self.maybe(|| self.mailboxes()),
            mailboxes_before: (0..self.below(3)).map(|_| self.mailboxes()).collect(),
            mailbox_secrets: (0..self.below(3)).map(|_| self.mailbox_secret()).collect(),
            first_password: self.maybe(|| self.one(&[FirstPassword::Mailed, FirstPassword::Link])),
            documents: (0..self.below(4)).map(|_| self.document_kind()).collect(),
            job_start: self.one(&[JobStart::Automatic, JobStart::OnRequest]),
            endpoint: self.maybe(|| self.id()),
            crm_url: self.any_text(60),
            support: self.email(),
            color: self.maybe(|| self.color()),
            security: self.security(),
            tier: self.one(&Tier::ALL),
            version: self.number(),
        }
    }

    fn mailbox_secret(&self) -> MailboxSecret {
        let provider = self.one(&MailboxProvider::ALL);
        MailboxSecret { provider, id: self.id(), since: self.time() }
    }

    fn mailboxes(&self) -> MailboxSettings {
        let id = || DirectoryId::parse("0f8fad5b-d9cb-469f-a165-70867728950e").unwrap();
        match self.below(3) {
            0 => MailboxSettings::WorkMail { organization: self.any_text(34) },
            1 => MailboxSettings::Google { admin: self.email() },
            _ => MailboxSettings::Microsoft {
                directory: id(),
                client: id(),
                licence: id(),
                country: self.any_text(2),
            },
        }
    }

    pub(super) fn setup(&self) -> Setup {
        let texts = || (0..self.below(4)).map(|_| self.any_text(20)).collect::<Vec<_>>();
        let company = || CompanyStep { size: self.one(&CompanySize::ALL), location: self.any_text(20) };
        Setup {
            company: self.maybe(company),
            industry: self.maybe(|| Industry::ALL.into_iter().filter(|_| self.yes()).collect()),
            regions: self.maybe(texts),
            lead_sources: self.maybe(texts),
            integrations: self
                .maybe(|| IntegrationsStep { apis: texts(), webhook_url: self.maybe(|| self.any_text(40)) }),
            billing: self.maybe(|| self.one(&Tier::ALL)),
            billing_email: self.maybe(|| self.email()),
            version: self.number(),
        }
    }

    pub(super) fn security(&self) -> SecuritySettings {
        SecuritySettings { idle_minutes: self.maybe(|| self.small()), second_factor: self.yes() }
    }
}
