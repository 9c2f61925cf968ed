//! A sign-up as promo administrators see it.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{DamagedView, newest_first};
use vestibule_domain::PromoSignup;
use vestibule_store::{Page, SignupCounts};

/// What to do about a sign-up whose record cannot be read.
pub const DAMAGED: &str =
    "The record of this sign-up cannot be read. Ask whoever runs this service to repair it, and name its id.";

/// One sign-up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoSignupView {
    /// Its id.
    pub id: String,
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The company, if one was given.
    pub company: Option<String>,
    /// When it came first (RFC 3339).
    pub created: String,
    /// How often the address came again.
    pub repeats: u32,
    /// `new`, `provisioning`, `account`, `failed` or `needs_attention`.
    pub status: &'static str,
    /// Since when (RFC 3339).
    pub since: String,
    /// The newest job that was begun for it.
    pub job: Option<String>,
    /// Why that job failed, as a stable code.
    pub error: Option<String>,
}

/// A sign-up, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PromoSignupItem {
    /// A sign-up.
    Signup(Box<PromoSignupView>),
    /// A sign-up whose record cannot be read.
    Damaged(DamagedView),
}

/// How many sign-ups there are of each status, whatever is looked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoSignupCounts {
    /// Nobody did anything with them yet.
    pub new: i64,
    /// Their jobs work.
    pub provisioning: i64,
    /// They are accounts.
    pub account: i64,
    /// Their jobs failed, and nothing of them is left.
    pub failed: i64,
    /// Of their jobs something is left.
    pub needs_attention: i64,
}

impl PromoSignupItem {
    fn id(&self) -> String {
        match self {
            Self::Signup(signup) => signup.id.clone(),
            Self::Damaged(damaged) => damaged.id.clone(),
        }
    }

    /// The entries of a page, newest first.
    pub fn page(page: Page<PromoSignup>) -> Vec<Self> {
        let whole = page.items.iter().map(|signup| Self::Signup(Box::new(signup.into()))).collect();
        newest_first(whole, page.damaged, Self::id, |id| Self::Damaged(DamagedView::new(id, DAMAGED)))
    }
}

impl From<&PromoSignup> for PromoSignupView {
    fn from(signup: &PromoSignup) -> Self {
        Self {
            id: signup.id.to_string(),
            email: signup.email.as_str().to_owned(),
            name: signup.name.as_str().to_owned(),
            company: signup.company.clone(),
            created: signup.created.to_string(),
            repeats: signup.repeats,
            status: signup.status.name(),
            since: signup.since.to_string(),
            job: signup.job.map(|job| job.id.to_string()),
            error: signup.error.clone(),
        }
    }
}

impl From<SignupCounts> for PromoSignupCounts {
    fn from(counts: SignupCounts) -> Self {
        let SignupCounts { new, provisioning, account, failed, needs_attention } = counts;
        Self { new, provisioning, account, failed, needs_attention }
    }
}
