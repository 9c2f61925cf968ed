//! A job of the platform, with what was ordered.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{DamagedView, newest_first};
use vestibule_domain::{AccountOrder, JobStatus};
use vestibule_provision_run::view::{ErrorView, StepView, steps};
use vestibule_sagas::AccountState;
use vestibule_store::{FoundJob, Page};

/// What to do about a job whose record cannot be read.
const DAMAGED: &str =
    "The record of this job cannot be read. Ask whoever runs this service to repair it, and name its id.";

/// What was ordered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// `free`, `platinum` or `operandi`.
    pub tier: &'static str,
    /// The role.
    pub role: String,
    /// The slug of the organization that is made with it.
    pub organization: Option<String>,
    /// Who ordered it: a person's id or a task of the system.
    pub by: String,
    /// `admin` or `promo`.
    pub origin: &'static str,
}

/// One try to send the invitation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailTryView {
    /// When (RFC 3339).
    pub at: String,
    /// Why the mail service did not take it, as a stable code; `null` when it did, or when that is not known.
    pub refused: Option<String>,
    /// Whether the service only asked to wait: then it was not one of the two tries.
    pub waits: bool,
}

/// One job of the platform.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformJobView {
    /// The job's id.
    pub id: String,
    /// `account`.
    pub kind: String,
    /// The organization that it is for; one that is made by it has its id beforehand.
    pub tenant: String,
    /// The name of that organization; `null` when it is not made yet, or gone.
    pub tenant_name: Option<String>,
    /// What was ordered; `null` when that cannot be read.
    pub order: Option<OrderView>,
    /// The person, once they are made or found.
    pub user: Option<String>,
    /// `running`, `succeeded`, `failed`, `compensating`, `needs_attention` or `cancelled`.
    pub status: &'static str,
    /// Whether a person has to look at it: it failed, or something of it is left.
    pub needs_attention: bool,
    /// The timeline.
    pub steps: Vec<StepView>,
    /// The tries to send the invitation.
    pub mails: Vec<MailTryView>,
    /// How often a failed run was begun anew.
    pub retries: u32,
    /// Why it failed last; `null` once it has succeeded.
    pub last_error: Option<ErrorView>,
    /// Whether somebody asked to stop it.
    pub cancel_requested: bool,
    /// When it was created (RFC 3339).
    pub created: String,
    /// When it last changed (RFC 3339).
    pub updated: String,
    /// Where to see how it goes.
    pub status_url: String,
}

/// A job, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PlatformJobItem {
    /// A job.
    Job(Box<PlatformJobView>),
    /// A job whose record cannot be read.
    Damaged(DamagedView),
}

impl PlatformJobItem {
    fn id(&self) -> String {
        match self {
            Self::Job(job) => job.id.clone(),
            Self::Damaged(damaged) => damaged.id.clone(),
        }
    }

    /// The entries of a page, newest first.
    pub fn page(page: Page<FoundJob>) -> Vec<Self> {
        let whole = page.items.iter().map(|found| Self::Job(Box::new(found.into()))).collect();
        newest_first(whole, page.damaged, Self::id, |id| Self::Damaged(DamagedView::new(id, DAMAGED)))
    }
}

impl From<&AccountOrder> for OrderView {
    fn from(order: &AccountOrder) -> Self {
        Self {
            email: order.email.as_str().to_owned(),
            name: order.name.as_str().to_owned(),
            tier: order.tier.terms().name,
            role: order.role.as_str().to_owned(),
            organization: order.organization.as_ref().map(|new| new.slug.clone()),
            by: order.by.clone(),
            origin: order.origin.name(),
        }
    }
}

impl From<&FoundJob> for PlatformJobView {
    fn from(found: &FoundJob) -> Self {
        let (job, state) = (&found.job, found.job.state::<AccountState>().unwrap_or_default());
        let mails = state.mails.iter();
        let mails = mails.map(|mail| MailTryView {
            at: mail.at.to_string(),
            refused: mail.refused.clone(),
            waits: mail.waits,
        });
        Self {
            id: job.id.to_string(),
            kind: job.kind.as_str().to_owned(),
            tenant: found.place.tenant.to_string(),
            tenant_name: found.tenant_name.clone(),
            order: found.order.as_ref().map(OrderView::from),
            // What was made and taken back again is nobody's.
            user: job.step("account").effect,
            status: job.status.name(),
            needs_attention: matches!(job.status, JobStatus::Failed | JobStatus::NeedsAttention),
            steps: steps(job),
            mails: mails.collect(),
            retries: job.retries,
            last_error: job
                .last_error
                .as_ref()
                .filter(|_| job.status != JobStatus::Succeeded)
                .map(ErrorView::from),
            cancel_requested: job.cancel_requested,
            created: job.created.to_string(),
            updated: job.updated.to_string(),
            status_url: format!("/api/admin/jobs/{}", job.id),
        }
    }
}
