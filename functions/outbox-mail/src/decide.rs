//! Which mail goes to which address, or why none does. An account is written to at the address
//! it has proved, never at the spelling somebody typed.

use jiff::{SignedDuration, Timestamp};
use vestibule_auth::Purpose;
use vestibule_domain::{
    Device, Email, IdentityMailKind as Kind, IdentityMailRequest, RegistrationId, SignInChange, User,
    UserState,
};
use vestibule_store::Registration;

use crate::{look_up::Facts, trouble::Trouble};

/// How long links count.
const MAGIC_LINK: SignedDuration = SignedDuration::from_mins(15);
const RESET_PASSWORD: SignedDuration = SignedDuration::from_mins(60);
const CONFIRM_EMAIL: SignedDuration = SignedDuration::from_mins(60);
const UNDO_EMAIL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A link that ends sooner helps nobody.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

/// A mail that is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    /// To whom.
    pub(crate) to: Email,
    /// What it says.
    pub(crate) content: Content,
}

/// What a mail says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A link to follow.
    Link(LinkPlan),
    /// The address has an account already.
    AlreadyRegistered,
    /// A sign-in from a device not seen before.
    NewDevice(Device),
    /// Sign-in is refused until then.
    LockedOut(Timestamp),
    /// The password was changed.
    PasswordChanged,
    /// Another way to sign in was changed, from this device.
    SignInChanged(SignInChange, Device),
}

/// A link that is to be minted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LinkPlan {
    /// What following it does.
    pub(crate) purpose: Purpose,
    /// Whose row keeps its hash.
    pub(crate) holder: Holder,
    /// It counts until then.
    pub(crate) expires: Timestamp,
}

/// Whose row keeps a link's hash.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A registration's.
    Registration(RegistrationId),
    /// A person's.
    Person(Box<User>),
}

/// Decides on `request`; [`Trouble::Moot`] with the reason when nothing is to be sent.
pub(crate) fn decide(request: &IdentityMailRequest, facts: Facts, now: Timestamp) -> Result<Letter, Trouble> {
    let Facts { registration, person, taken } = facts;
    let typed = || request.email.clone();
    let device = || request.device.clone().unwrap_or_default();
    match &request.mail {
        Kind::Registration { .. } => welcome(registration, person, now),
        Kind::MagicLink => stored(person, Purpose::MagicLink, now + MAGIC_LINK),
        Kind::ResetPassword => stored(person, Purpose::ResetPassword, now + RESET_PASSWORD),
        Kind::ConfirmEmail { .. } if taken => Err(Trouble::Moot("address_taken")),
        Kind::ConfirmEmail { .. } => {
            Ok(link(typed(), active(person)?, Purpose::ChangeEmail, now + CONFIRM_EMAIL))
        }
        Kind::EmailChanged { .. } => Ok(link(typed(), known(person)?, Purpose::UndoEmail, now + UNDO_EMAIL)),
        Kind::NewDevice { .. } => notice(person, Content::NewDevice(device())),
        Kind::LockedOut { until } => notice(person, Content::LockedOut(*until)),
        Kind::PasswordChanged { .. } => notice(person, Content::PasswordChanged),
        Kind::SignInChanged { change, .. } => {
            notice(person, Content::SignInChanged(change.clone(), device()))
        }
    }
}

fn welcome(
    registration: Option<Registration>,
    person: Option<User>,
    now: Timestamp,
) -> Result<Letter, Trouble> {
    let waits = |registration: &Registration| registration.expires.duration_since(now) >= SHORTEST;
    let registration = registration.filter(waits).ok_or(Trouble::Moot("registration_gone"))?;
    if person.is_some() {
        return notice(person, Content::AlreadyRegistered);
    }
    let Registration { id, email, expires, .. } = registration;
    let (purpose, holder) = (Purpose::VerifyEmail, Holder::Registration(id));
    Ok(Letter { to: email, content: Content::Link(LinkPlan { purpose, holder, expires }) })
}

fn stored(person: Option<User>, purpose: Purpose, expires: Timestamp) -> Result<Letter, Trouble> {
    let user = active(person)?;
    Ok(link(user.email.clone(), user, purpose, expires))
}

fn link(to: Email, user: User, purpose: Purpose, expires: Timestamp) -> Letter {
    let holder = Holder::Person(Box::new(user));
    Letter { to, content: Content::Link(LinkPlan { purpose, holder, expires }) }
}

fn notice(person: Option<User>, content: Content) -> Result<Letter, Trouble> {
    Ok(Letter { to: known(person)?.email, content })
}

/// The person, if there is one and they are not gone: a warning reaches also those kept out.
fn known(person: Option<User>) -> Result<User, Trouble> {
    let user = person.ok_or(Trouble::Moot("nobody"))?;
    if user.status.state == UserState::Removed { Err(Trouble::Moot("removed")) } else { Ok(user) }
}

/// The person, if they may act: a link that opens nothing is not sent.
fn active(person: Option<User>) -> Result<User, Trouble> {
    let user = known(person)?;
    if user.is_active() { Ok(user) } else { Err(Trouble::Moot("inactive")) }
}

#[cfg(test)]
mod tests;
