//! A hire as staff see it.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{DamagedView, newest_first};
use vestibule_domain::{Delivery, DocumentKind, DocumentRecord, Envelope, Hire, JobStatus, PasswordLink};
use vestibule_store::Page;

use crate::leaving_view::LeavingView;

/// One envelope in which a document was sent out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvelopeView {
    /// The provider's id; `null` when its events name none.
    pub id: Option<String>,
    /// `sent`, `viewed`, `declined`, `voided`, `expired` or `signed`.
    pub status: &'static str,
    /// Since when, by the provider's clock (RFC 3339); `null` when no event told.
    pub at: Option<String>,
}

/// One required document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentView {
    /// Which document, such as `w9`.
    pub kind: String,
    /// `pending`, `sent`, `viewed`, `declined`, `voided`, `expired` or `signed`.
    pub status: String,
    /// When the status last changed here (RFC 3339).
    pub changed: String,
    /// The envelopes it was sent out in, at most 20; the first one decides the status.
    pub envelopes: Vec<EnvelopeView>,
    /// The value to put into the e-sign document's custom field `vestibule_document`, so that its
    /// events find this hire.
    pub correlation: String,
}

/// What is wrong with the newest mail that carried a password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailProblemView {
    /// `soft_bounced` (it came back, perhaps only for now), `bounced`, `complained` (it was called unwanted) or `rejected`.
    pub state: &'static str,
    /// Since when, as the mail service says (RFC 3339).
    pub at: String,
}

/// The link of the newest mail, by which the owner of the mailbox chooses the password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordLinkView {
    /// Until when it works (RFC 3339).
    pub expires: String,
    /// When a password was set by it (RFC 3339); `null` until then. It works once.
    pub used: Option<String>,
    /// Why the mailbox provider last set no password, as a stable code, where an administrator has to mend it.
    pub problem: Option<String>,
}

/// One hire.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HireView {
    /// The hire's id.
    pub id: String,
    /// Given name as written.
    pub given_name: String,
    /// Family name as written.
    pub family_name: String,
    /// Where the welcome mail goes.
    pub personal_email: String,
    /// The required documents.
    pub documents: Vec<DocumentView>,
    /// `waiting_for_documents`, or the status of the job that makes the mailbox.
    pub provisioning: &'static str,
    /// That job, once it exists.
    pub job: Option<String>,
    /// The corporate address, once the mailbox works.
    pub address: Option<String>,
    /// What is wrong with the newest mail that carried a password; `null` when nothing is known to be. A new one clears it.
    pub mail_problem: Option<MailProblemView>,
    /// The link by which the owner chooses the password; `null` when the newest mail carried a temporary password, or there was none.
    pub password_link: Option<PasswordLinkView>,
    /// The leaving, once it has begun; `null` again when it was called back.
    pub leaving: Option<LeavingView>,
    /// When the hire was created (RFC 3339).
    pub created: String,
    /// When it last changed (RFC 3339).
    pub updated: String,
}

/// What to do about a hire whose record cannot be read.
pub const DAMAGED: &str = "The record of this hire cannot be read. Remove it with `DELETE /api/hires/{id}` and add the hire anew; \
                           its job must be cancelled first.";

/// A hire, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum HireItem {
    /// A hire.
    Hire(Box<HireView>),
    /// A hire whose record cannot be read.
    Damaged(DamagedView),
}

impl HireItem {
    fn id(&self) -> String {
        match self {
            Self::Hire(hire) => hire.id.clone(),
            Self::Damaged(damaged) => damaged.id.clone(),
        }
    }

    /// The entries of a page, newest first.
    pub fn page(page: Page<Hire>) -> Vec<Self> {
        let whole = page.items.iter().map(|hire| Self::Hire(Box::new(HireView::from(hire)))).collect();
        let broken = |id| Self::Damaged(DamagedView::new(id, DAMAGED));
        newest_first(whole, page.damaged, Self::id, broken)
    }
}

impl From<&Envelope> for EnvelopeView {
    fn from(envelope: &Envelope) -> Self {
        Self {
            id: Some(envelope.id.clone()).filter(|id| !id.is_empty()),
            status: envelope.status.name(),
            at: envelope.at.map(|at| at.to_string()),
        }
    }
}

impl From<Delivery> for MailProblemView {
    fn from(Delivery { state, at }: Delivery) -> Self {
        Self { state: state.name(), at: at.to_string() }
    }
}

impl From<&PasswordLink> for PasswordLinkView {
    fn from(link: &PasswordLink) -> Self {
        Self {
            expires: link.expires.to_string(),
            used: link.used.map(|at| at.to_string()),
            problem: link.refused.clone(),
        }
    }
}

impl From<&Hire> for HireView {
    fn from(hire: &Hire) -> Self {
        let document = |(kind, record): (&DocumentKind, &DocumentRecord)| DocumentView {
            kind: kind.to_string(),
            status: record.status.name().to_owned(),
            changed: record.changed.to_string(),
            envelopes: record.envelopes.iter().map(EnvelopeView::from).collect(),
            correlation: format!("{}/{kind}", hire.id),
        };
        Self {
            id: hire.id.to_string(),
            given_name: hire.name.given.as_str().to_owned(),
            family_name: hire.name.family.as_str().to_owned(),
            personal_email: hire.personal_email.as_str().to_owned(),
            documents: hire.documents.iter().map(document).collect(),
            provisioning: hire.provisioning.map_or("waiting_for_documents", JobStatus::name),
            job: hire.mailbox_job.map(|job| job.to_string()),
            address: hire.address.as_ref().map(ToString::to_string),
            mail_problem: hire.mail_problem().map(MailProblemView::from),
            password_link: hire.password_link.as_ref().map(PasswordLinkView::from),
            leaving: hire.leaving.as_ref().map(LeavingView::from),
            created: hire.created.to_string(),
            updated: hire.updated.to_string(),
        }
    }
}
