//! What a person can be told about their account. A request is recorded with the change that
//! causes it; the sender decides, mints the link, and writes to the stored address only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Email, InvitationId, MailId, MailTopic, RegistrationId, TenantId, UserId};

/// Which mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum IdentityMailKind {
    /// Somebody registered: a link that makes the account, or word that there is one already.
    Registration {
        /// What waits for the proof.
        registration: RegistrationId,
    },
    /// A sign-in link was asked for.
    MagicLink,
    /// A password reset was asked for.
    ResetPassword,
    /// A new address must be proved.
    ConfirmEmail {
        /// Who wants it.
        user: UserId,
    },
    /// The address was changed; goes to the old one, with a link to undo it.
    EmailChanged {
        /// Whose.
        user: UserId,
    },
    /// A sign-in from a device not seen before.
    NewDevice {
        /// Who.
        user: UserId,
    },
    /// Too many failures at this address.
    LockedOut {
        /// Until when sign-in is refused.
        until: Timestamp,
    },
    /// The password was changed.
    PasswordChanged {
        /// Whose.
        user: UserId,
    },
    /// Another way to sign in was added, removed or used up.
    SignInChanged {
        /// Whose.
        user: UserId,
        /// Which.
        change: SignInChange,
    },
    /// Somebody else changed the person's place in a tenant.
    MembershipChanged {
        /// Whose.
        user: UserId,
        /// In which tenant.
        tenant: TenantId,
        /// How.
        change: MembershipChange,
    },
    /// Somebody administers the platform from now on, or in another way.
    Administrator {
        /// Who.
        user: UserId,
        /// Whether their account was made for it: they choose a password.
        is_new: bool,
    },
    /// Somebody was given an account and has not set a password yet: another link for the first one.
    AccountInvitation {
        /// Whose account.
        user: UserId,
    },
    /// Somebody is invited to a tenant; goes to the invited address.
    Invitation {
        /// To which tenant.
        tenant: TenantId,
        /// Which invitation.
        invitation: InvitationId,
        /// Which sending of it: an older one is not sent any more.
        round: u32,
    },
}

impl IdentityMailKind {
    /// Whom it is about, where the request names the person; otherwise the owner of the address.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match *self {
            Self::ConfirmEmail { user }
            | Self::EmailChanged { user }
            | Self::NewDevice { user }
            | Self::PasswordChanged { user }
            | Self::SignInChanged { user, .. }
            | Self::MembershipChanged { user, .. }
            | Self::Administrator { user, .. }
            | Self::AccountInvitation { user } => Some(user),
            Self::Registration { .. }
            | Self::MagicLink
            | Self::ResetPassword
            | Self::LockedOut { .. }
            | Self::Invitation { .. } => None,
        }
    }
}

impl IdentityMailKind {
    /// What a mail is about that one may switch off, and in which tenant; no mail about one's own security can be.
    #[must_use]
    pub const fn topic(&self) -> Option<(TenantId, MailTopic)> {
        match *self {
            Self::MembershipChanged { tenant, .. } => Some((tenant, MailTopic::Membership)),
            _ => None,
        }
    }
}

/// How somebody's place in a tenant changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipChange {
    /// Roles, kind or groups are others.
    Changed,
    /// They may not act there at present.
    Suspended,
    /// They may act there again.
    Resumed,
    /// They do not belong to it any more.
    Removed,
}

/// What changed about the ways to sign in, beside the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInChange {
    /// An authenticator is asked for from now on.
    SecondFactorAdded,
    /// No second factor is asked for any more.
    SecondFactorRemoved,
    /// New recovery codes replaced the old ones.
    RecoveryCodesReplaced,
    /// A recovery code stood in for the authenticator.
    RecoveryCodeUsed {
        /// How many are left.
        left: usize,
    },
    /// An account elsewhere signs this person in.
    ProviderConnected {
        /// The provider's name.
        provider: String,
    },
    /// An account elsewhere no longer does.
    ProviderDisconnected {
        /// The provider's name.
        provider: String,
    },
}

/// A device as it describes itself and where it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Device {
    /// The client's own words, at most 256 characters.
    pub agent: Option<String>,
    /// Source address at the gateway.
    pub address: Option<String>,
}

/// A mail to send, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityMailRequest {
    /// The request's id.
    pub id: MailId,
    /// The address that was given or is concerned. Sealed in the table.
    pub email: Email,
    /// Which mail.
    #[serde(flatten)]
    pub mail: IdentityMailKind,
    /// The device concerned. Sealed in the table.
    pub device: Option<Device>,
    /// When it was asked for.
    pub at: Timestamp,
}
