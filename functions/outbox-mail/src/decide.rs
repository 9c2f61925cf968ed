//! Which mail goes to which address, or why none does. An account is written to at the address
//! it has proved, never at the spelling somebody typed.

use jiff::{SignedDuration, Timestamp};
use vestibule_adapters::mail::templates::{Fact, MailTemplate as Mail};
use vestibule_auth::Purpose;
use vestibule_domain::{
    Email, IdentityMailKind as Kind, IdentityMailRequest, RegistrationId, TenantId, User, UserState,
};
use vestibule_store::{Invitation, Registration};

use crate::{look_up::Facts, trouble::Trouble};

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
    Link(Mail, LinkPlan, Vec<Fact>),
    /// Something that happened.
    Notice(Mail, Vec<Fact>),
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
    /// An invitation's.
    Invitation(TenantId, Box<Invitation>),
}

/// Decides on `request`; [`Trouble::Moot`] with the reason when nothing is to be sent.
pub(crate) fn decide(request: &IdentityMailRequest, facts: Facts, now: Timestamp) -> Result<Letter, Trouble> {
    let Facts { registration, person, taken, company, invitation, role, granted, unwanted } = facts;
    let typed = || request.email.clone();
    let seen = || Fact::Seen(request.device.clone().unwrap_or_default(), request.at);
    match &request.mail {
        Kind::Registration { .. } => welcome(registration, person, now),
        Kind::MagicLink => stored(person, (Mail::MagicLink, Purpose::MagicLink), now),
        Kind::ResetPassword => stored(person, (Mail::ResetPassword, Purpose::ResetPassword), now),
        Kind::ConfirmEmail { .. } if taken => Err(Trouble::Moot("address_taken")),
        Kind::ConfirmEmail { .. } => {
            Ok(link(typed(), active(person)?, (Mail::ConfirmNewEmail, Purpose::ChangeEmail), now))
        }
        Kind::EmailChanged { .. } => {
            Ok(link(typed(), known(person)?, (Mail::EmailChanged, Purpose::UndoEmail), now))
        }
        Kind::NewDevice { .. } => notice(person, Mail::NewDevice, vec![seen()]),
        Kind::LockedOut { until } => notice(person, Mail::LockedOut, vec![Fact::Until(*until)]),
        Kind::MembershipChanged { .. } if unwanted => Err(Trouble::Moot("unwanted")),
        Kind::MembershipChanged { change, .. } => {
            let company = company.ok_or(Trouble::Moot("tenant_gone"))?;
            notice(person, Mail::MembershipChanged, vec![Fact::Membership(company, *change)])
        }
        Kind::AccountInvitation { .. } => {
            let given = company.zip(role).ok_or(Trouble::Moot("account_gone"))?;
            account_invitation(person, given, now)
        }
        Kind::Administrator { is_new, .. } => {
            let granted = granted.ok_or(Trouble::Moot("grant_taken"))?;
            let told = Fact::Granted { username: granted.username, grant: granted.grant };
            appointed(person, *is_new, told, now)
        }
        Kind::Invitation { tenant, round, .. } => {
            let company = company.ok_or(Trouble::Moot("tenant_gone"))?;
            let found = invitation.filter(|(invitation, _)| invitation.round == *round);
            let (invitation, inviter) = found.ok_or(Trouble::Moot("invitation_replaced"))?;
            invited((*tenant, invitation), company, inviter, now)
        }
        Kind::PasswordChanged { .. } => notice(person, Mail::PasswordChanged, Vec::new()),
        Kind::SignInChanged { change, .. } => {
            notice(person, Mail::SignInChanged, vec![Fact::Change(change.clone()), seen()])
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
        return notice(person, Mail::AlreadyRegistered, Vec::new());
    }
    let Registration { id, email, expires, .. } = registration;
    let (purpose, holder) = (Purpose::VerifyEmail, Holder::Registration(id));
    let plan = LinkPlan { purpose, holder, expires };
    Ok(Letter { to: email, content: Content::Link(Mail::VerifyEmail, plan, Vec::new()) })
}

/// Who is new chooses a password by the link, which proves the address.
fn appointed(person: Option<User>, is_new: bool, told: Fact, now: Timestamp) -> Result<Letter, Trouble> {
    if !is_new {
        return notice(person, Mail::Administrator, vec![told]);
    }
    let mut letter = stored(person, (Mail::NewAdministrator, Purpose::ResetPassword), now)?;
    if let Content::Link(_, _, facts) = &mut letter.content {
        facts.push(told);
    }
    Ok(letter)
}

fn stored(person: Option<User>, mail: (Mail, Purpose), now: Timestamp) -> Result<Letter, Trouble> {
    let user = active(person)?;
    Ok(link(user.email.clone(), user, mail, now))
}

fn link(to: Email, user: User, (mail, purpose): (Mail, Purpose), now: Timestamp) -> Letter {
    let expires = now.saturating_add(purpose.lasts()).unwrap_or(Timestamp::MAX);
    // The way back from a change of address tells the new one.
    let told = (purpose == Purpose::UndoEmail).then(|| Fact::NewAddress(user.email.masked()));
    let holder = Holder::Person(Box::new(user));
    let plan = LinkPlan { purpose, holder, expires };
    Letter { to, content: Content::Link(mail, plan, told.into_iter().collect()) }
}

/// The mail of an invitation that waits.
fn invited(
    (tenant, invitation): (TenantId, Invitation),
    company: String,
    inviter: String,
    now: Timestamp,
) -> Result<Letter, Trouble> {
    let (to, expires) = (invitation.email.clone(), invitation.expires);
    if invitation.ended.is_some() || expires.duration_since(now) < SHORTEST {
        return Err(Trouble::Moot("invitation_over"));
    }
    let roles = invitation.roles.iter().map(|role| role.as_str().to_owned()).collect();
    let told = Fact::Invited { company, inviter, roles, until: expires };
    let (purpose, holder) = (Purpose::Invitation, Holder::Invitation(tenant, Box::new(invitation)));
    let plan = LinkPlan { purpose, holder, expires };
    Ok(Letter { to, content: Content::Link(Mail::Invitation, plan, vec![told]) })
}

/// The link by which somebody sets the first password; it lasts as long as an invitation.
fn account_invitation(
    person: Option<User>,
    (company, role): (String, String),
    now: Timestamp,
) -> Result<Letter, Trouble> {
    let user = person.filter(|user| user.status.state == UserState::Invited);
    let user = user.ok_or(Trouble::Moot("not_invited"))?;
    let expires = now.saturating_add(Purpose::Invitation.lasts()).unwrap_or(Timestamp::MAX);
    let (to, told) = (user.email.clone(), vec![Fact::Given { company, role }]);
    let holder = Holder::Person(Box::new(user));
    let plan = LinkPlan { purpose: Purpose::ResetPassword, holder, expires };
    Ok(Letter { to, content: Content::Link(Mail::AccountInvitation, plan, told) })
}

fn notice(person: Option<User>, mail: Mail, facts: Vec<Fact>) -> Result<Letter, Trouble> {
    Ok(Letter { to: known(person)?.email, content: Content::Notice(mail, facts) })
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
