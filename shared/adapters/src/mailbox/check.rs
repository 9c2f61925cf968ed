//! What a provider lets us do, looked at without a change: each thing that provisioning needs, and whether it is there.

use super::{MailboxError, Mailboxes};

/// Whether a thing is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// It is.
    Ok,
    /// It is not, and somebody has to give it.
    Missing,
    /// Nobody could tell: the provider does not say, or not now.
    Unknown,
}

impl CheckState {
    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What: `access`, `administrator`, `domain`, `users`, `passwords`, `groups` or `licences`.
    pub name: &'static str,
    /// Whether it is there.
    pub state: CheckState,
    /// Why not, as a stable word; where it is there, `ok`, or what could not be seen of it.
    pub code: &'static str,
    /// How many, of things that are counted.
    pub count: Option<i64>,
}

/// The code of a business that has no mail domain yet.
pub(super) const NO_DOMAIN: &str = "domain_missing";

impl Check {
    /// It is there.
    pub fn ok(name: &'static str) -> Self {
        Self { name, state: CheckState::Ok, code: "ok", count: None }
    }

    /// It is not there.
    pub fn missing(name: &'static str, code: &'static str) -> Self {
        Self { name, state: CheckState::Missing, code, count: None }
    }

    /// Nobody could tell.
    pub fn unknown(name: &'static str, code: &'static str) -> Self {
        Self { name, state: CheckState::Unknown, code, count: None }
    }

    /// Looking failed: what is refused for good is missing, all else may be there.
    pub fn failed(name: &'static str, error: &MailboxError) -> Self {
        match error {
            MailboxError::Permanent { code } => Self::missing(name, code),
            error => Self::unknown(name, error.code()),
        }
    }

    /// What came of looking.
    pub(super) fn of(name: &'static str, looked: Result<(), MailboxError>) -> Self {
        looked.map_or_else(|error| Self::failed(name, &error), |()| Self::ok(name))
    }
}

impl Mailboxes {
    /// Looks at what provisioning needs for mailboxes in `domain`. Access itself is proved by having opened the provider, but in
    /// `WorkMail`, where the first call tells.
    pub async fn check(&self, domain: Option<&str>) -> Vec<Check> {
        match self {
            Self::WorkMail(provider) => provider.check(domain).await,
            Self::Google(provider) => provider.check(domain).await,
            Self::Microsoft(provider) => provider.check(domain).await,
        }
    }
}
