//! An account as administrators of the platform see it.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{DamagedView, newest_first};
use vestibule_domain::{Tenant, UserState};
use vestibule_store::{AccountMail, FoundAccount, Page};

/// What to do about an account whose record cannot be read.
pub const DAMAGED: &str =
    "The record of this account cannot be read. Ask whoever runs this service to repair it, and name its id.";

/// One account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// The person's id.
    pub id: String,
    /// Their address; `null` when their record cannot be read.
    pub email: Option<String>,
    /// Their name; `null` when their record cannot be read.
    pub name: Option<String>,
    /// The organization that it was first made for.
    pub tenant: String,
    /// The name of that organization; `null` when it is gone or cannot be read.
    pub tenant_name: Option<String>,
    /// The role that it was first given there.
    pub role: String,
    /// `free`, `platinum` or `operandi`.
    pub tier: &'static str,
    /// `invited`, `active`, `suspended`, `locked` or `removed`. Only where one account is asked for it tells that sign-in is locked.
    pub status: &'static str,
    /// Since when (RFC 3339); of a lock, since when before.
    pub since: String,
    /// By whom: a person's id or a task of the system.
    pub by: String,
    /// `admin` or `promo`.
    pub origin: &'static str,
    /// The job that made it.
    pub job: String,
    /// Why the newest mail about the account did not arrive, where one account is asked for; `null` when nothing is known against it.
    pub mail_problem: Option<AccountMailProblem>,
    /// Organizations that nobody can administer while the account is suspended, where one account is asked for.
    pub without_administrator: Vec<LeftOrganization>,
}

/// Why a mail did not arrive.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountMailProblem {
    /// `soft_bounced`, `rejected`, `bounced` or `complained`. After the last two the address gets no more mails until it is proved
    /// anew or an operator lifts that.
    pub state: &'static str,
    /// When (RFC 3339).
    pub at: String,
}

/// An organization whose only administrator is kept out.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOrganization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl From<&Tenant> for LeftOrganization {
    fn from(tenant: &Tenant) -> Self {
        Self { id: tenant.id.to_string(), name: tenant.name.clone() }
    }
}

impl AccountView {
    /// The same, with what is without an administrator by it.
    #[must_use]
    pub fn leaving(self, organizations: &[Tenant]) -> Self {
        Self { without_administrator: organizations.iter().map(LeftOrganization::from).collect(), ..self }
    }
}

/// An account, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AccountItem {
    /// An account.
    Account(Box<AccountView>),
    /// An account whose record cannot be read.
    Damaged(DamagedView),
}

impl AccountItem {
    fn id(&self) -> String {
        match self {
            Self::Account(account) => account.id.clone(),
            Self::Damaged(damaged) => damaged.id.clone(),
        }
    }

    /// The entries of a page, newest first.
    pub fn page(page: Page<FoundAccount>) -> Vec<Self> {
        let whole = page.items.iter().map(|found| Self::Account(Box::new(found.into()))).collect();
        newest_first(whole, page.damaged, Self::id, |id| Self::Damaged(DamagedView::new(id, DAMAGED)))
    }
}

impl From<&FoundAccount> for AccountView {
    fn from(found: &FoundAccount) -> Self {
        let (account, person) = (&found.account, found.person.as_ref());
        let state = match account.status.state {
            UserState::Active if found.locked => UserState::Locked,
            state => state,
        };
        Self {
            id: account.user.to_string(),
            email: person.map(|person| person.email.as_str().to_owned()),
            name: person.map(|person| person.name.as_str().to_owned()),
            tenant: account.tenant.to_string(),
            tenant_name: found.tenant_name.clone(),
            role: account.role.as_str().to_owned(),
            tier: account.tier.terms().name,
            status: state.name(),
            since: account.status.since.to_string(),
            by: account.status.by.clone(),
            origin: account.origin.name(),
            job: account.job.to_string(),
            mail_problem: found.mail.as_ref().and_then(AccountMail::problem).map(|problem| {
                AccountMailProblem { state: problem.state.name(), at: problem.at.to_string() }
            }),
            without_administrator: Vec::new(),
        }
    }
}
