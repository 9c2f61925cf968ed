//! A tenant: one business with its own people, settings and data.

use serde::{Deserialize, Serialize};

use crate::{BrandColor, DocumentKind, Domain, Email, EndpointId, Invalid, Stored as _, TenantId, Tier};

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

/// Where the tenant's mailboxes live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum MailboxSettings {
    /// Amazon `WorkMail`: `m-` and 32 hexadecimal digits.
    WorkMail {
        /// The organization that owns the mail domain.
        organization: String,
    },
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
    /// The documents that must be signed, in the order shown to people.
    pub documents: Vec<DocumentKind>,
    /// When jobs start.
    pub job_start: JobStart,
    /// The tenant's own webhook id for e-sign events, if it takes any.
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
}
