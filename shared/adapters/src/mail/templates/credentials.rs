//! The mails that carry a temporary password, or a link to choose one.

use minijinja::context;
use secrecy::{ExposeSecret, SecretString};

use super::{Mail, OneTimeLink, TemplateError, Templates, duration::duration, one_line, web_address};

const LONGEST: usize = 254;

/// What the mails tell a new colleague.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    /// The employer's name; part of the subject.
    pub company: &'a str,
    /// How the person is greeted.
    pub given_name: &'a str,
    /// The new work address.
    pub address: &'a str,
    /// How the person comes to a password.
    pub told: Told<'a>,
    /// Where the CRM is, `https://..`.
    pub crm_url: &'a str,
    /// Where the mailbox's provider lets its owner in, `https://..`; `None` where it has no address for all.
    pub sign_in_url: Option<&'a str>,
}

/// What opens the mailbox.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// A temporary password, to be changed at the first sign-in.
    Password(&'a SecretString),
    /// A link to the page where the owner chooses one.
    Link(OneTimeLink<'a>),
}

impl Templates {
    /// The mail that tells `to` about the new account, with the subject `Your <Company> Account is Ready`.
    pub fn welcome(&self, to: &str, credentials: &Credentials<'_>) -> Result<Mail, TemplateError> {
        let subject = format!("Your {} Account is Ready", credentials.company);
        self.credentials(to, &subject, "welcome", credentials)
    }

    /// The mail that tells `to` about a newly set password.
    pub fn password_reset(&self, to: &str, credentials: &Credentials<'_>) -> Result<Mail, TemplateError> {
        let subject = format!("Your {} Password Was Reset", credentials.company);
        self.credentials(to, &subject, "password_reset", credentials)
    }

    fn credentials(
        &self,
        to: &str,
        subject: &str,
        name: &'static str,
        credentials: &Credentials<'_>,
    ) -> Result<Mail, TemplateError> {
        check(credentials)?;
        let (password, link, lasts) = match credentials.told {
            Told::Password(password) => (Some(password.expose_secret()), None, None),
            Told::Link(OneTimeLink { url, lasts }) => {
                let lasts = duration(lasts).ok_or(TemplateError::Value("life of the link"))?;
                (None, Some(url.expose_secret()), Some(lasts))
            }
        };
        let values = context! {
            subject,
            company => credentials.company,
            given_name => credentials.given_name,
            address => credentials.address,
            password,
            link,
            lasts,
            crm_url => credentials.crm_url,
            sign_in_url => credentials.sign_in_url,
        };
        self.mail(to, subject, name, &values)
    }
}

fn check(credentials: &Credentials<'_>) -> Result<(), TemplateError> {
    one_line("company", credentials.company, LONGEST)?;
    one_line("given name", credentials.given_name, LONGEST)?;
    one_line("address", credentials.address, LONGEST)?;
    match credentials.told {
        Told::Password(password) => one_line("password", password.expose_secret(), LONGEST)?,
        Told::Link(link) => web_address("link", link.url.expose_secret())?,
    }
    web_address("CRM link", credentials.crm_url)?;
    credentials.sign_in_url.map_or(Ok(()), |url| web_address("sign-in link", url))
}

#[cfg(test)]
mod tests;
