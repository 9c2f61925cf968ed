//! The verbs for a person who leaves: who has the mail, whether the person still gets in, and the way back.
//!
//! Each looks before it changes something, so that it can be repeated. What a provider cannot do is done nowhere in its place: it is
//! said before the start.

use std::fmt;

use secrecy::SecretString;

use super::{MailboxError, Mailboxes, ProviderId};

/// A user before something is done about its leaving.
#[derive(Clone, PartialEq, Eq)]
pub struct Standing {
    /// The primary address; `None` when there is none.
    pub address: Option<String>,
    /// Whether signing in is switched off; `None` where the provider has no such switch.
    pub blocked: Option<bool>,
    /// Our marks on the user; `None` where they do not stay on it.
    pub marks: Option<Vec<String>>,
}

impl fmt::Debug for Standing {
    // The address is personal data.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Standing").field("blocked", &self.blocked).finish_non_exhaustive()
    }
}

/// Whose mail somebody else gets, and who that is.
#[derive(Clone, Copy)]
pub struct HandOver<'a> {
    /// The one who leaves.
    pub leaver: &'a ProviderId,
    /// The address that mail comes to.
    pub address: &'a str,
    /// The address that the leaver has afterwards where the address itself changes hands. The same for every repetition.
    pub departed: &'a str,
    /// The one who has the mail from then on.
    pub to: &'a ProviderId,
    /// The address of that one.
    pub to_address: &'a str,
    /// The name of what is made for it, where that has a name. The same for every repetition.
    pub mark: &'a str,
    /// The rights that the successor had in the mailbox before.
    pub rights_before: &'a [String],
}

impl Mailboxes {
    /// The user as it stands; `None` when absent or deleted.
    pub async fn standing(&self, id: &ProviderId) -> Result<Option<Standing>, MailboxError> {
        match self {
            Self::WorkMail(provider) => provider.standing(id).await,
            Self::Google(provider) => provider.standing(id).await,
            Self::Microsoft(provider) => provider.standing(id).await,
        }
    }

    /// The rights that `other` has in the mailbox of `id`, which [`HandOver`] has to know of; none where it needs none.
    pub async fn rights(&self, id: &ProviderId, other: &ProviderId) -> Result<Vec<String>, MailboxError> {
        match self {
            Self::WorkMail(provider) => provider.rights(id, other).await,
            Self::Google(_) | Self::Microsoft(_) => Ok(Vec::new()),
        }
    }

    /// Lets the successor have the mail. [`MailboxError::Foreign`] when the address is a third one's by now.
    pub async fn hand_over(&self, hand_over: &HandOver<'_>) -> Result<(), MailboxError> {
        match self {
            Self::WorkMail(provider) => provider.hand_over(hand_over).await,
            Self::Google(provider) => provider.hand_over(hand_over).await,
            Self::Microsoft(provider) => provider.hand_over(hand_over).await,
        }
    }

    /// Takes that back, whether or not it was done; a leaver or successor who is gone is fine.
    pub async fn take_back(&self, hand_over: &HandOver<'_>) -> Result<(), MailboxError> {
        match self {
            Self::WorkMail(provider) => provider.take_back(hand_over).await,
            Self::Google(provider) => provider.take_back(hand_over).await,
            Self::Microsoft(provider) => provider.take_back(hand_over).await,
        }
    }

    /// Keeps the user from signing in; in `WorkMail` by `password`, which nobody must know.
    pub async fn block(&self, id: &ProviderId, password: &SecretString) -> Result<(), MailboxError> {
        match self {
            Self::WorkMail(provider) => provider.set_password(id, password).await,
            Self::Google(provider) => provider.disable(id).await,
            Self::Microsoft(provider) => provider.switch(id, false).await,
        }
    }

    /// Lets the user sign in again; an absent one is fine. In `WorkMail` the user needs a new password for that.
    pub async fn unblock(&self, id: &ProviderId) -> Result<(), MailboxError> {
        match self {
            Self::WorkMail(_) => Ok(()),
            Self::Google(provider) => provider.unblock(id).await,
            Self::Microsoft(provider) => provider.switch(id, true).await,
        }
    }

    /// Ends the sessions that the user has. `false` where the provider has no way to.
    pub async fn end_sessions(&self, id: &ProviderId) -> Result<bool, MailboxError> {
        match self {
            Self::WorkMail(_) => Ok(false),
            Self::Google(provider) => provider.end_sessions(id).await.map(|()| true),
            Self::Microsoft(provider) => provider.end_sessions(id).await.map(|()| true),
        }
    }
}
