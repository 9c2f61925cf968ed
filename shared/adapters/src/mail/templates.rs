//! The mails that carry a temporary password.
//!
//! HTML is escaped by the template engine; a value that could begin a new line or header, or a link that is
//! no web address, is refused before anything is rendered.

use minijinja::{Environment, UndefinedBehavior, context};
use secrecy::{ExposeSecret, SecretString};

use super::{Mail, MailRefused, has_control};

/// What the mails tell a new colleague.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    /// The employer's name; part of the subject.
    pub company: &'a str,
    /// How the person is greeted.
    pub given_name: &'a str,
    /// The new work address.
    pub address: &'a str,
    /// The temporary password.
    pub password: &'a SecretString,
    /// Where the CRM is, `https://..`.
    pub crm_url: &'a str,
    /// Where to sign in and change the password, `https://..`.
    pub sign_in_url: &'a str,
}

/// Why a mail was not rendered; names the field, never its content.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Empty, or with a control character.
    #[error("the {0} is empty or has control characters")]
    Value(&'static str),
    /// Not a plain `http` or `https` address.
    #[error("the {0} is not a web address")]
    Link(&'static str),
    /// The rendered mail cannot be sent so.
    #[error(transparent)]
    Refused(#[from] MailRefused),
    /// A template is broken; a fault of this program.
    #[error("the mail template {0} is broken")]
    Broken(&'static str),
}

/// The compiled templates.
#[derive(Debug)]
pub struct Templates(Environment<'static>);

const SOURCES: [(&str, &str); 4] = [
    ("welcome.html", include_str!("../../templates/welcome.html")),
    ("welcome.txt", include_str!("../../templates/welcome.txt")),
    ("password_reset.html", include_str!("../../templates/password_reset.html")),
    ("password_reset.txt", include_str!("../../templates/password_reset.txt")),
];

impl Templates {
    /// Compiles the templates; done once at start.
    pub fn new() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in SOURCES {
            environment.add_template(name, source).map_err(|_| TemplateError::Broken(name))?;
        }
        Ok(Self(environment))
    }

    /// The mail that tells `to` about the new account, with the subject `Your <Company> Account is Ready`.
    pub fn welcome(&self, to: &str, credentials: &Credentials<'_>) -> Result<Mail, TemplateError> {
        let subject = format!("Your {} Account is Ready", credentials.company);
        self.mail(to, &subject, ["welcome.html", "welcome.txt"], credentials)
    }

    /// The mail that tells `to` about a newly set password.
    pub fn password_reset(&self, to: &str, credentials: &Credentials<'_>) -> Result<Mail, TemplateError> {
        let subject = format!("Your {} Password Was Reset", credentials.company);
        self.mail(to, &subject, ["password_reset.html", "password_reset.txt"], credentials)
    }

    fn mail(
        &self,
        to: &str,
        subject: &str,
        names: [&'static str; 2],
        credentials: &Credentials<'_>,
    ) -> Result<Mail, TemplateError> {
        check(credentials)?;
        let [html, text] = names.map(|name| self.render(name, credentials));
        Ok(Mail::new(to, subject, html?, text?)?)
    }

    fn render(
        &self,
        name: &'static str,
        credentials: &Credentials<'_>,
    ) -> Result<SecretString, TemplateError> {
        // The engine's own error may quote values, so it is dropped.
        let broken = |_| TemplateError::Broken(name);
        let template = self.0.get_template(name).map_err(broken)?;
        let rendered = template.render(context! {
            company => credentials.company,
            given_name => credentials.given_name,
            address => credentials.address,
            password => credentials.password.expose_secret(),
            crm_url => credentials.crm_url,
            sign_in_url => credentials.sign_in_url,
        });
        rendered.map(SecretString::from).map_err(broken)
    }
}

fn check(credentials: &Credentials<'_>) -> Result<(), TemplateError> {
    let values = [
        ("company", credentials.company),
        ("given name", credentials.given_name),
        ("address", credentials.address),
        ("password", credentials.password.expose_secret()),
    ];
    for (field, value) in values {
        if value.trim().is_empty() || has_control(value) {
            return Err(TemplateError::Value(field));
        }
    }
    for (field, link) in [("CRM link", credentials.crm_url), ("sign-in link", credentials.sign_in_url)] {
        let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
        if !rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic())) {
            return Err(TemplateError::Link(field));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
