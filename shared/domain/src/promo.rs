//! Sign-ups of a promotion: who would like an account, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Email, JobId, JobStatus, PersonName, PromoSignupId, TenantId};

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignupStatus {
    /// Nobody did anything with it yet.
    New,
    /// A job makes the account.
    Provisioning,
    /// It is an account.
    Account,
    /// The job failed or was stopped, and nothing of it is left.
    Failed,
    /// The job left something that a person has to look at.
    NeedsAttention,
}

impl SignupStatus {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::New, Self::Provisioning, Self::Account, Self::Failed, Self::NeedsAttention];

    /// The name in rows and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Provisioning => "provisioning",
            Self::Account => "account",
            Self::Failed => "failed",
            Self::NeedsAttention => "needs_attention",
        }
    }

    /// The status with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// What a sign-up is while its job stands so.
    pub fn of(job: JobStatus) -> Self {
        match job {
            JobStatus::Pending | JobStatus::Running | JobStatus::Compensating => Self::Provisioning,
            JobStatus::Succeeded => Self::Account,
            JobStatus::Failed | JobStatus::Cancelled => Self::Failed,
            JobStatus::NeedsAttention => Self::NeedsAttention,
        }
    }

    /// Whether an account can be made of it now.
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Failed)
    }
}

/// The job that makes an account of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignupJob {
    /// Where it is.
    pub tenant: TenantId,
    /// Which.
    pub id: JobId,
}

/// One sign-up. An address has one, however often it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromoSignup {
    /// Its id.
    pub id: PromoSignupId,
    /// The address. Sealed in the table.
    pub email: Email,
    /// The name, as it was given first. Sealed in the table.
    pub name: PersonName,
    /// The company, as it was given first. Sealed in the table.
    pub company: Option<String>,
    /// When it came first.
    pub created: Timestamp,
    /// How often the address came again.
    pub repeats: u32,
    /// What became of it.
    pub status: SignupStatus,
    /// Since when.
    pub since: Timestamp,
    /// The newest job that was begun for it.
    pub job: Option<SignupJob>,
    /// Why that job failed: a stable code.
    pub error: Option<String>,
    /// Counts the changes of its status. Coming again is none.
    pub version: u64,
}

impl PromoSignup {
    /// A sign-up that nobody did anything with.
    pub fn new(
        id: PromoSignupId,
        (email, name, company): (Email, PersonName, Option<String>),
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            email,
            name,
            company,
            created: now,
            repeats: 0,
            status: SignupStatus::New,
            since: now,
            job: None,
            error: None,
            version: 0,
        }
    }

    /// The same sign-up with a job that was begun for it, one version on.
    #[must_use]
    pub fn begun(&self, job: SignupJob, now: Timestamp) -> Self {
        let (status, version) = (SignupStatus::Provisioning, self.version + 1);
        Self { status, since: now, job: Some(job), error: None, version, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_made_of_what_is_new_or_was_undone() {
        let open = SignupStatus::ALL.into_iter().filter(|status| status.is_open());
        assert_eq!(open.map(SignupStatus::name).collect::<Vec<_>>(), ["new", "failed"]);
        assert!(
            SignupStatus::of(JobStatus::Failed).is_open() && SignupStatus::of(JobStatus::Cancelled).is_open()
        );
        for held in
            [JobStatus::Running, JobStatus::Compensating, JobStatus::Succeeded, JobStatus::NeedsAttention]
        {
            assert!(!SignupStatus::of(held).is_open(), "{}", held.name());
        }
    }

    #[test]
    fn each_status_is_found_by_its_name() {
        for status in SignupStatus::ALL {
            assert_eq!(SignupStatus::find(status.name()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
        assert_eq!(SignupStatus::find("done"), None);
    }
}
