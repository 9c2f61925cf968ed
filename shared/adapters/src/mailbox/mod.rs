//! Mailbox providers behind one set of verbs.
//!
//! A further provider adds a file and a variant of [`Mailboxes`]. Every verb can be repeated: what is already
//! so counts as done, and what belongs to somebody else is answered with [`MailboxError::Foreign`], never
//! touched.

mod check;
mod errors;
mod google;
mod leaving;
mod microsoft;
mod password_rules;
mod vendors;
mod work_mail;
mod work_mail_check;
mod work_mail_leaving;
mod work_mail_lookup;

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use vestibule_domain::MailboxProvider;

pub use check::{Check, CheckState};
pub use google::{Google, KeyRefused, Scopes, ServiceAccount};
pub use leaving::{HandOver, Standing};
pub use microsoft::{Application, Microsoft};
pub use password_rules::{check_password, password_hint};
pub use vendors::{UnsafeAddress, Vendors};
pub use work_mail::WorkMail;

/// A provider's own id of a user; opaque, not secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProviderId(String);

impl ProviderId {
    /// Takes the id as the provider gave it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as the provider wants it back.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether an address can still be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occupancy {
    /// Nobody uses the address or its local part as a name.
    Free,
    /// A user, group, resource or alias holds it, or a user has its local part as a name.
    Taken,
}

/// What the directory needs to make a user.
pub struct NewUser<'a> {
    /// Name in the directory: the part of the address before the `@`.
    pub local_part: &'a str,
    /// The address the user is going to have.
    pub address: &'a str,
    /// Given name, at most 256 characters.
    pub given_name: &'a str,
    /// Family name, at most 256 characters.
    pub family_name: &'a str,
    /// Unguessable ownership mark, the id of the job: its last 16 letters are random. The same for every repetition.
    pub marker: &'a str,
    /// A password that nobody is told, for providers that make no user without one.
    pub password: &'a SecretString,
}

/// Whether the owner has to choose another password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// At the next sign-in, where the provider can force it.
    AtNextSignIn,
    /// Not: the owner has chosen this one.
    Never,
}

/// A user as the provider sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailboxState {
    /// The provider's id.
    pub id: ProviderId,
    /// Whether the mailbox receives mail.
    pub enabled: bool,
    /// The primary address, once enabled.
    pub address: Option<String>,
    /// The name shown to others; the ownership mark until the mailbox is enabled.
    pub display_name: Option<String>,
}

impl fmt::Debug for MailboxState {
    // Address and name are personal data, and the mark is unguessable only while unseen.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MailboxState")
            .field("id", &self.id)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

/// Why a verb did not succeed, in terms of what to do next. Codes are stable `snake_case` words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// Refused before the work; the same call may succeed later.
    #[error("the mailbox provider refused for now ({code})")]
    Retry {
        /// The reason.
        code: &'static str,
        /// How long the provider asks to wait.
        after: Option<Duration>,
    },
    /// Repeating does not help.
    #[error("the mailbox provider refused ({code})")]
    Permanent {
        /// The reason.
        code: &'static str,
    },
    /// The provider has not caught up with what was done before: worth many more tries, for minutes or hours.
    #[error("the mailbox provider has not caught up yet ({code})")]
    NotYet {
        /// For what it takes time.
        code: &'static str,
    },
    /// The name or address belongs to somebody else.
    #[error("the name or address belongs to somebody else")]
    Foreign,
    /// The answer was lost or cannot be read: the effect may be there, so look before repeating.
    #[error("the mailbox provider's answer was lost ({code})")]
    Unknown {
        /// The reason.
        code: &'static str,
    },
}

impl MailboxError {
    /// The stable code; `foreign` for [`MailboxError::Foreign`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Retry { code, .. }
            | Self::Permanent { code }
            | Self::NotYet { code }
            | Self::Unknown { code } => code,
            Self::Foreign => "foreign",
        }
    }
}

/// The provider that a tenant's mailboxes live at.
#[derive(Debug, Clone)]
pub enum Mailboxes {
    /// Amazon `WorkMail`.
    WorkMail(WorkMail),
    /// Google Workspace.
    Google(Google),
    /// Microsoft 365.
    Microsoft(Microsoft),
}

/// The same verb of whichever provider it is.
macro_rules! of_provider {
    ($mailboxes:expr, $provider:ident => $call:expr) => {
        match $mailboxes {
            Mailboxes::WorkMail($provider) => $call,
            Mailboxes::Google($provider) => $call,
            Mailboxes::Microsoft($provider) => $call,
        }
    };
}

impl Mailboxes {
    /// The kind of provider.
    pub fn provider(&self) -> MailboxProvider {
        match self {
            Self::WorkMail(_) => MailboxProvider::WorkMail,
            Self::Google(_) => MailboxProvider::Google,
            Self::Microsoft(_) => MailboxProvider::Microsoft,
        }
    }

    /// How long a user that was made may not be seen; until then it is not known to be absent.
    pub fn lag(&self) -> SignedDuration {
        match self {
            Self::WorkMail(_) => SignedDuration::ZERO,
            // Neither vendor names a time; reads after Graph's creates are known to lag up to about a minute.
            Self::Google(_) | Self::Microsoft(_) => SignedDuration::from_mins(3),
        }
    }

    /// Whether anybody (user, group, resource, alias) holds `address`, or in `WorkMail` a user its local part as a name.
    pub async fn lookup(&self, address: &str) -> Result<Occupancy, MailboxError> {
        of_provider!(self, provider => provider.lookup(address).await)
    }

    /// Creates the user without a mailbox, or adopts the one that an earlier, unanswered call left behind.
    pub async fn create_user(&self, user: &NewUser<'_>) -> Result<ProviderId, MailboxError> {
        of_provider!(self, provider => provider.create_user(user).await)
    }

    /// The user at `address` that carries `marker`; one without it is not ours, or in `WorkMail` and Microsoft 365 is enabled already.
    pub async fn find_ours(&self, address: &str, marker: &str) -> Result<Option<ProviderId>, MailboxError> {
        of_provider!(self, provider => provider.find_ours(address, marker).await)
    }

    /// Gives the user a mailbox at `address`, and in `WorkMail` the real display name in place of the ownership mark.
    pub async fn enable(
        &self,
        id: &ProviderId,
        address: &str,
        display_name: &str,
    ) -> Result<(), MailboxError> {
        match self {
            Self::WorkMail(provider) => provider.enable(id, address, display_name).await,
            Self::Google(provider) => provider.enable(id, address).await,
            Self::Microsoft(provider) => provider.enable(id, address).await,
        }
    }

    /// Replaces the user's password.
    pub async fn set_password(
        &self,
        id: &ProviderId,
        password: &SecretString,
        change: Change,
    ) -> Result<(), MailboxError> {
        match self {
            // There is no way to force a change.
            Self::WorkMail(provider) => provider.set_password(id, password).await,
            Self::Google(provider) => provider.set_password(id, password, change).await,
            Self::Microsoft(provider) => provider.set_password(id, password, change).await,
        }
    }

    /// Takes the mailbox out of use; a user that is absent or has none is fine.
    pub async fn disable(&self, id: &ProviderId) -> Result<(), MailboxError> {
        of_provider!(self, provider => provider.disable(id).await)
    }

    /// Deletes the disabled user; an absent one is fine.
    pub async fn delete(&self, id: &ProviderId) -> Result<(), MailboxError> {
        of_provider!(self, provider => provider.delete(id).await)
    }

    /// The user as it is now; `None` when absent or deleted.
    pub async fn describe(&self, id: &ProviderId) -> Result<Option<MailboxState>, MailboxError> {
        of_provider!(self, provider => provider.describe(id).await)
    }
}
