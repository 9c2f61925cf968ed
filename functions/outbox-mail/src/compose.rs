//! A decided mail in words. Links are minted on the way.

use jiff::{SignedDuration, Timestamp};
use vestibule_adapters::mail::{
    Mail,
    templates::{IdentityMail, OneTimeLink, Seen},
};
use vestibule_auth::Purpose;
use vestibule_domain::{Device, IdentityMailKind as Kind, IdentityMailRequest};

use crate::{
    Outbox,
    decide::{Content, Holder, Letter, LinkPlan},
    trouble::Trouble,
};

impl Outbox {
    /// The mail that `letter` decided on, its link minted at `now` and tagged with its kind.
    pub(crate) async fn compose(
        &self,
        request: &IdentityMailRequest,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<Mail, Trouble> {
        let home = self.site.home();
        let mail = match &letter.content {
            Content::Link(plan) => self.with_link(letter, plan, now).await?,
            Content::AlreadyRegistered => {
                self.write(letter, &IdentityMail::AlreadyRegistered { sign_in_url: home, reset_url: home })?
            }
            Content::NewDevice(device) => self.write(
                letter,
                &IdentityMail::NewDevice { seen: seen(device, request.at), reset_url: home },
            )?,
            Content::LockedOut(until) => {
                self.write(letter, &IdentityMail::LockedOut { until: *until, reset_url: home })?
            }
            Content::PasswordChanged => {
                self.write(letter, &IdentityMail::PasswordChanged { reset_url: home })?
            }
            Content::SignInChanged(change, device) => {
                let seen = seen(device, request.at);
                self.write(letter, &IdentityMail::SignInChanged { change, seen, reset_url: home })?
            }
        };
        Ok(mail.with_tag("mail", kind(&request.mail))?)
    }

    async fn with_link(&self, letter: &Letter, plan: &LinkPlan, now: Timestamp) -> Result<Mail, Trouble> {
        let url = self.mint(plan, &letter.to).await?;
        let link = OneTimeLink { url: &url, lasts: told(plan.expires.duration_since(now)) };
        let new_masked = match &plan.holder {
            Holder::Person(user) => user.email.masked(),
            Holder::Registration(_) => letter.to.masked(),
        };
        let mail = match plan.purpose {
            Purpose::VerifyEmail => IdentityMail::VerifyEmail(link),
            Purpose::MagicLink => IdentityMail::MagicLink(link),
            Purpose::ResetPassword => IdentityMail::ResetPassword(link),
            Purpose::ChangeEmail => IdentityMail::ConfirmNewEmail(link),
            Purpose::UndoEmail => IdentityMail::EmailChanged { new_masked: &new_masked, undo: link },
        };
        self.write(letter, &mail)
    }

    fn write(&self, letter: &Letter, mail: &IdentityMail<'_>) -> Result<Mail, Trouble> {
        Ok(self.templates.identity(letter.to.as_str(), &self.product, mail)?)
    }
}

fn seen(device: &Device, at: Timestamp) -> Seen<'_> {
    let [device, address] = [&device.agent, &device.address].map(|part| part.as_deref().unwrap_or_default());
    Seen { device, address, at }
}

/// What a mail says about how long its link lasts: a registration's hours have begun to run
/// before it is sent, and nobody wants to read "1439 minutes".
fn told(lasts: SignedDuration) -> SignedDuration {
    if lasts.as_hours() >= 2 { SignedDuration::from_hours(lasts.as_hours()) } else { lasts }
}

/// The name of a kind of mail in tags and logs.
pub(crate) fn kind(mail: &Kind) -> &'static str {
    match mail {
        Kind::Registration { .. } => "registration",
        Kind::MagicLink => "magic_link",
        Kind::ResetPassword => "reset_password",
        Kind::ConfirmEmail { .. } => "confirm_email",
        Kind::EmailChanged { .. } => "email_changed",
        Kind::NewDevice { .. } => "new_device",
        Kind::LockedOut { .. } => "locked_out",
        Kind::PasswordChanged { .. } => "password_changed",
        Kind::SignInChanged { .. } => "sign_in_changed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_told_in_whole_hours_and_short_ones_as_they_are() {
        let (minutes, hours) = (SignedDuration::from_mins, SignedDuration::from_hours);
        assert_eq!(told(hours(24) - SignedDuration::from_secs(2)), hours(23));
        assert_eq!(told(hours(24)), hours(24));
        assert_eq!(told(minutes(119)), minutes(119));
        assert_eq!(told(minutes(15)), minutes(15));
    }
}
