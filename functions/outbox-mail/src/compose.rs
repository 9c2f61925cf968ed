//! A decided mail in words. Links are minted on the way.

use jiff::{SignedDuration, Timestamp};
use vestibule_adapters::mail::{
    Mail,
    templates::{IdentityMail, MailLink, MailTemplate, OneTimeLink},
};
use vestibule_domain::{IdentityMailKind as Kind, IdentityMailRequest, mail_tags};

use crate::{
    Outbox,
    decide::{Content, Letter},
    site::for_the_first_password,
    trouble::Trouble,
};

impl Outbox {
    /// The mail that `letter` decided on, its link minted at `now` and tagged with its kind and its id.
    pub(crate) async fn compose(
        &self,
        request: &IdentityMailRequest,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<Mail, Trouble> {
        let (home, forgotten) = (self.site.home(), self.site.forgotten());
        let mail = match &letter.content {
            Content::Link(template, plan, facts) => {
                let mut url = self.mint(plan, &letter.to).await?;
                if matches!(template, MailTemplate::AccountInvitation | MailTemplate::NewAdministrator) {
                    url = for_the_first_password(&url);
                }
                let once = OneTimeLink { url: &url, lasts: told(plan.expires.duration_since(now)) };
                let link = MailLink::Once(once);
                // Who is new may come when the link has expired.
                let other_link = if *template == MailTemplate::NewAdministrator { forgotten } else { "" };
                self.write(letter, &IdentityMail { template: *template, link, other_link, facts })
            }
            Content::Notice(template, facts) => {
                // A notice leads to where a new password is asked for; the owner of an account may sign in first.
                let (page, other_link) = match template {
                    MailTemplate::AlreadyRegistered => (home, forgotten),
                    MailTemplate::MembershipChanged | MailTemplate::Administrator => (home, ""),
                    _ => (forgotten, ""),
                };
                let link = MailLink::Page(page);
                self.write(letter, &IdentityMail { template: *template, link, other_link, facts })
            }
        };
        Ok(mail?
            .with_tag("mail", &kind(&request.mail))?
            .with_tag(mail_tags::MAIL, &request.id.to_string())?)
    }

    fn write(&self, letter: &Letter, mail: &IdentityMail<'_>) -> Result<Mail, Trouble> {
        Ok(self.templates.identity(letter.to.as_str(), &self.product, mail)?)
    }
}

/// What a mail says about how long its link lasts: a registration's hours have begun to run
/// before it is sent, and nobody wants to read "1439 minutes".
fn told(lasts: SignedDuration) -> SignedDuration {
    // The moments between asking and sending are not worth an hour, or a day.
    let hours = (lasts + SignedDuration::from_mins(1)).as_hours();
    if hours >= 2 { SignedDuration::from_hours(hours) } else { lasts }
}

/// The name of a kind of mail in tags and logs, as it is kept.
pub(crate) fn kind(mail: &Kind) -> String {
    let kept = serde_json::to_value(mail).unwrap_or_default();
    kept["kind"].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_told_in_whole_hours_and_short_ones_as_they_are() {
        let (minutes, hours) = (SignedDuration::from_mins, SignedDuration::from_hours);
        assert_eq!(told(hours(24) - SignedDuration::from_secs(2)), hours(24));
        assert_eq!(told(hours(24) - minutes(2)), hours(23));
        assert_eq!(told(hours(24)), hours(24));
        assert_eq!(told(minutes(118)), minutes(118));
        assert_eq!(told(minutes(15)), minutes(15));
    }
}
