//! The mails, rendered from templates: credentials of new colleagues, and what concerns a person's sign-in.
//!
//! HTML is escaped by the template engine; a value that could begin a new line or header, or a link that is
//! no web address, is refused before anything is rendered.

mod credentials;
mod duration;
mod identity;

use minijinja::{Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig};
use secrecy::SecretString;

use super::{Mail, MailRefused, has_control};
pub use credentials::{Credentials, Told};
pub use identity::{Fact, IdentityMail, MailLink, MailTemplate, OneTimeLink};

/// Why a mail was not rendered; names the field, never its content.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Empty, too long, or with a control character.
    #[error("the {0} is empty, too long or has control characters")]
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

macro_rules! sources {
    ($($name:literal from $file:literal,)*) => {
        [$(($name, include_str!(concat!("../../../templates/", $file)))),*]
    };
}

const SOURCES: [(&str, &str); 7] = sources![
    "layout.html" from "layout.html",
    "welcome.html" from "credentials/welcome.html",
    "welcome.txt" from "credentials/welcome.txt",
    "password_reset.html" from "credentials/password_reset.html",
    "password_reset.txt" from "credentials/password_reset.txt",
    "identity/layout.html" from "identity/layout.html",
    "identity/layout.txt" from "identity/layout.txt",
];

impl Templates {
    /// Compiles the templates; done once at start.
    pub fn new() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|_| TemplateError::Broken("syntax"))?);
        for (name, source) in SOURCES {
            environment.add_template(name, source).map_err(|_| TemplateError::Broken(name))?;
        }
        identity::add_to(&mut environment)?;
        Ok(Self(environment))
    }

    /// The mail from `<name>.html` and `<name>.txt`, which see their ending as `form`.
    fn mail(
        &self,
        to: &str,
        subject: &str,
        name: &'static str,
        values: &Value,
    ) -> Result<Mail, TemplateError> {
        let [html, text] = ["html", "txt"].map(|form| {
            // The engine's own error may quote values, so it is dropped.
            let rendered = self
                .0
                .get_template(&format!("{name}.{form}"))
                .and_then(|t| t.render(context! { form, ..values.clone() }));
            rendered.map(SecretString::from).map_err(|_| TemplateError::Broken(name))
        });
        Ok(Mail::new(to, subject, html?, text?)?)
    }
}

/// Refuses an empty text, one of more than `longest` characters, and one with control characters.
fn one_line(field: &'static str, value: &str, longest: usize) -> Result<(), TemplateError> {
    if value.trim().is_empty() || has_control(value) || value.chars().count() > longest {
        return Err(TemplateError::Value(field));
    }
    Ok(())
}

fn web_address(field: &'static str, link: &str) -> Result<(), TemplateError> {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    if !rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic())) {
        return Err(TemplateError::Link(field));
    }
    Ok(())
}
