//! An organization as its administrators see it.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_domain::Tenant;

/// An organization and its settings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationView {
    /// The organization's id.
    pub id: String,
    /// Its name in addresses of pages.
    pub slug: String,
    /// The company's name as people read it.
    pub name: String,
    /// The domain of new mailboxes; `null` until it has one, and until then hires wait.
    pub domain: Option<String>,
    /// The documents that a new hire must sign.
    pub documents: Vec<String>,
    /// When the job for a mailbox starts: `automatic` when the last document is signed, `on_request` when somebody asks for it.
    pub job_start: &'static str,
    /// Where a new colleague goes after the first sign-in.
    pub crm_url: String,
    /// Where answers to mails go.
    pub support_email: String,
    /// Its colour on pages as `#rrggbb`, if it has chosen one.
    pub color: Option<String>,
}

impl From<&Tenant> for OrganizationView {
    fn from(tenant: &Tenant) -> Self {
        Self {
            id: tenant.id.to_string(),
            slug: tenant.slug.clone(),
            name: tenant.name.clone(),
            domain: tenant.domain.as_ref().map(|domain| domain.as_str().to_owned()),
            documents: tenant.documents.iter().map(ToString::to_string).collect(),
            job_start: tenant.job_start.name(),
            crm_url: tenant.crm_url.clone(),
            support_email: tenant.support.as_str().to_owned(),
            color: tenant.color.as_ref().map(ToString::to_string),
        }
    }
}
