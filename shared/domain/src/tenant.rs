//! A tenant: one business with its own people, settings and data.

use serde::{Deserialize, Serialize};

use crate::{
    BrandColor, DocumentKind, Domain, Email, EndpointId, FirstPassword, Invalid, MailboxProvider,
    MailboxSecret, MailboxSettings, Stored as _, TenantId, Tier,
};

/// When a job that became due is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStart {
    /// As soon as the last document is signed; the sweep catches what was missed.
    Automatic,
    /// Only when a person or program asks for it.
    OnRequest,
}

impl JobStart {
    /// Reads it as a person wrote it.
    ///
    /// # Errors
    /// It is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let all = [Self::Automatic, Self::OnRequest];
        let found = all.into_iter().find(|start| start.name() == text);
        found.ok_or_else(|| Invalid::new("Give `automatic` or `on_request`."))
    }

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::OnRequest => "on_request",
        }
    }
}

/// What a tenant asks of its people's sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SecuritySettings {
    /// A session that is not refreshed for this many minutes ends; at least 15, the life of an
    /// access token. `None`: only the 30 days count.
    pub idle_minutes: Option<u32>,
    /// Whether only sessions with a second factor may act here.
    pub second_factor: bool,
}

/// A tenant and the settings that provisioning needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// The tenant's id.
    pub id: TenantId,
    /// Its name in addresses of pages: lower-case letters, digits and hyphens.
    pub slug: String,
    /// The company's name as people read it.
    pub name: String,
    /// The domain of new mailboxes; hires wait where it is not set yet.
    pub domain: Option<Domain>,
    /// Where mailboxes are made; hires wait where it is not set yet.
    pub mailboxes: Option<MailboxSettings>,
    /// Where they were made before, at most one for each kind of provider: jobs and mailboxes of that time stay there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mailboxes_before: Vec<MailboxSettings>,
    /// The secrets that it gave for its providers, at most one for each; where there is none, an operator made it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mailbox_secrets: Vec<MailboxSecret>,
    /// How passwords of mailboxes reach their owners; `None`: as is usual for the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_password: Option<FirstPassword>,
    /// The documents that must be signed, in the order shown to people.
    pub documents: Vec<DocumentKind>,
    /// When jobs start.
    pub job_start: JobStart,
    /// The webhook id for e-sign events with which it was made, if any. Once it changes its endpoints, their own row counts.
    pub endpoint: Option<EndpointId>,
    /// Where a new colleague goes after the first sign-in.
    pub crm_url: String,
    /// Where answers to mails go.
    pub support: Email,
    /// Its colour on pages, if it has chosen one.
    #[serde(default)]
    pub color: Option<BrandColor>,
    /// What it asks of sessions.
    #[serde(default)]
    pub security: SecuritySettings,
    /// What it has by its tier.
    #[serde(default)]
    pub tier: Tier,
    /// Counts its writes.
    #[serde(default)]
    pub version: u64,
}

/// What a hire signs until the tenant says otherwise.
const DOCUMENTS: [&str; 3] = ["w9", "baa", "hire_agreement"];

impl Tenant {
    /// A new tenant before anybody has set anything: `site` is where its colleagues go until it says otherwise, `support` where
    /// answers to its mails go.
    #[must_use]
    pub fn founded(id: TenantId, (name, slug): (&str, &str), support: Email, site: &str) -> Self {
        Self {
            id,
            slug: slug.to_owned(),
            name: name.to_owned(),
            domain: None,
            mailboxes: None,
            mailboxes_before: Vec::new(),
            mailbox_secrets: Vec::new(),
            first_password: None,
            documents: DOCUMENTS.map(|kind| DocumentKind::of_stored(kind.to_owned())).into(),
            job_start: JobStart::Automatic,
            endpoint: None,
            crm_url: site.to_owned(),
            support,
            color: None,
            security: SecuritySettings::default(),
            tier: Tier::default(),
            version: 0,
        }
    }

    /// Makes new mailboxes there from now on. What was set before is kept for the mailboxes that are there.
    pub fn connect_mailboxes(&mut self, settings: MailboxSettings) {
        let provider = settings.provider();
        let former = self.mailboxes.replace(settings);
        let replaced = |known: &MailboxSettings| {
            let kind = known.provider();
            kind == provider || former.as_ref().is_some_and(|former| former.provider() == kind)
        };
        self.mailboxes_before.retain(|known| !replaced(known));
        self.mailboxes_before.extend(former.filter(|former| former.provider() != provider));
    }

    /// The settings for mailboxes at `provider`, whether or not new ones are made there.
    pub fn mailboxes_at(&self, provider: MailboxProvider) -> Option<&MailboxSettings> {
        let all = self.mailboxes.iter().chain(&self.mailboxes_before);
        all.into_iter().find(|settings| settings.provider() == provider)
    }

    /// The secret that it gave for `provider`.
    pub fn mailbox_secret(&self, provider: MailboxProvider) -> Option<&MailboxSecret> {
        self.mailbox_secrets.iter().find(|secret| secret.provider == provider)
    }

    /// The name of the secret with which its mailboxes at `provider` are reached.
    pub fn mailbox_secret_name(&self, provider: MailboxProvider) -> String {
        let given = self.mailbox_secret(provider);
        given.map_or_else(|| provider.secret_of(self.id), |secret| secret.name(self.id))
    }

    /// Reaches mailboxes at the secret's provider with it from now on; the one before, if it gave one.
    pub fn take_mailbox_secret(&mut self, secret: MailboxSecret) -> Option<MailboxSecret> {
        let former = self.mailbox_secrets.iter().position(|known| known.provider == secret.provider);
        let former = former.map(|place| self.mailbox_secrets.remove(place));
        self.mailbox_secrets.push(secret);
        former
    }

    /// How the password of a mailbox at `provider` reaches its owner.
    pub fn first_password(&self, provider: MailboxProvider) -> FirstPassword {
        self.first_password.unwrap_or_else(|| FirstPassword::usual(provider))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firm() -> Tenant {
        let support = Email::parse("help@acme.example").unwrap();
        Tenant::founded(TenantId::from_bytes([1; 16]), ("Acme", "acme"), support, "https://acme.example/")
    }

    fn google(admin: &str) -> MailboxSettings {
        MailboxSettings::Google { admin: Email::parse(admin).unwrap() }
    }

    #[test]
    fn mailboxes_of_former_times_keep_their_settings() {
        let mut firm = firm();
        let work_mail = |organization: &str| MailboxSettings::WorkMail { organization: organization.into() };
        firm.connect_mailboxes(work_mail("m-1"));
        firm.connect_mailboxes(google("a@acme.example"));
        assert_eq!(firm.mailboxes_at(MailboxProvider::WorkMail), Some(&work_mail("m-1")));
        firm.connect_mailboxes(google("b@acme.example"));
        assert_eq!(firm.mailboxes_at(MailboxProvider::Google), Some(&google("b@acme.example")));
        assert_eq!(firm.mailboxes_before, [work_mail("m-1")]);
        firm.connect_mailboxes(work_mail("m-2"));
        assert_eq!(firm.mailboxes_at(MailboxProvider::WorkMail), Some(&work_mail("m-2")));
        assert_eq!(firm.mailboxes_before, [google("b@acme.example")]);
        assert_eq!(firm.mailboxes_at(MailboxProvider::Microsoft), None);
    }

    #[test]
    fn a_given_secret_takes_the_place_of_the_one_before() {
        let mut firm = firm();
        let given = |byte| MailboxSecret {
            provider: MailboxProvider::Google,
            id: crate::SecretId::from_bytes([byte; 16]),
            since: jiff::Timestamp::UNIX_EPOCH,
        };
        let operators = format!("vestibule/mailboxes/{}/google", firm.id);
        assert_eq!(firm.mailbox_secret_name(MailboxProvider::Google), operators);
        assert_eq!(firm.take_mailbox_secret(given(1)), None);
        assert_eq!(firm.take_mailbox_secret(given(2)), Some(given(1)));
        let name = format!("{operators}/{}", given(2).id);
        assert_eq!(firm.mailbox_secret_name(MailboxProvider::Google), name);
        assert_eq!(firm.mailbox_secret(MailboxProvider::Microsoft), None);
    }

    #[test]
    fn a_password_is_mailed_only_where_it_must_be_changed() {
        let mut firm = firm();
        assert_eq!(firm.first_password(MailboxProvider::Google), FirstPassword::Mailed);
        assert_eq!(firm.first_password(MailboxProvider::WorkMail), FirstPassword::Link);
        firm.first_password = Some(FirstPassword::Mailed);
        assert_eq!(firm.first_password(MailboxProvider::WorkMail), FirstPassword::Mailed);
    }
}
