//! The mails about a person's sign-in: links to follow, and notices of what was done.
//!
//! Each says what happened, offers one link, how long it lasts, and what to do if it was somebody else. HTML
//! and plain text come from one source for each mail, so that they cannot say different things.

mod letter;

use jiff::{SignedDuration, Timestamp};
use minijinja::Environment;
use secrecy::SecretString;
use vestibule_domain::SignInChange;

use super::{Mail, TemplateError, Templates, one_line};
use letter::Letter;

const LONGEST_PRODUCT: usize = 80;

/// A link that works once.
#[derive(Debug, Clone, Copy)]
pub struct OneTimeLink<'a> {
    /// The whole address, `https://..`, with its token.
    pub url: &'a SecretString,
    /// How long it works from now: at least a minute; told in days, hours or minutes, rounded down.
    pub lasts: SignedDuration,
}

/// What is known of a device.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// How it describes itself, such as its user agent. Its sender chooses it, so it is cut to 100
    /// characters and loses what could become a link or a line.
    pub device: &'a str,
    /// The network address it came from; anything but an IP address is told as unknown.
    pub address: &'a str,
    /// When.
    pub at: Timestamp,
}

/// What a mail is about. Addresses named `*_url` are plain pages, `https://..`, without a token.
#[derive(Debug, Clone, Copy)]
pub enum IdentityMail<'a> {
    /// To a new person: confirm that the address is yours.
    VerifyEmail(OneTimeLink<'a>),
    /// To the owner of an address that somebody tried to register again.
    AlreadyRegistered {
        /// Where to sign in.
        sign_in_url: &'a str,
        /// Where to ask for a new password.
        reset_url: &'a str,
    },
    /// Sign in without a password.
    MagicLink(OneTimeLink<'a>),
    /// Set a new password.
    ResetPassword(OneTimeLink<'a>),
    /// To the new address: confirm it.
    ConfirmNewEmail(OneTimeLink<'a>),
    /// To the old address: the change was made.
    EmailChanged {
        /// The new address, masked.
        new_masked: &'a str,
        /// Takes the change back.
        undo: OneTimeLink<'a>,
    },
    /// A sign-in from a device that was not seen before.
    NewDevice {
        /// What was seen of it.
        seen: Seen<'a>,
        /// Where to ask for a new password.
        reset_url: &'a str,
    },
    /// Too many failed attempts.
    LockedOut {
        /// When the lock ends by itself.
        until: Timestamp,
        /// Where to ask for a new password.
        reset_url: &'a str,
    },
    /// The password was changed.
    PasswordChanged {
        /// Where to ask for another one.
        reset_url: &'a str,
    },
    /// Another way to sign in was changed.
    SignInChanged {
        /// Which.
        change: &'a SignInChange,
        /// From where.
        seen: Seen<'a>,
        /// Where to ask for a new password.
        reset_url: &'a str,
    },
}

macro_rules! sources {
    ($($name:literal)*) => {
        [$((
            concat!("identity/", $name, ".html"),
            concat!("identity/", $name, ".txt"),
            include_str!(concat!("../../../templates/identity/", $name, ".jinja")),
        )),*]
    };
}

const SOURCES: [(&str, &str, &str); 10] = sources![
    "verify_email" "already_registered" "magic_link" "reset_password" "confirm_new_email"
    "email_changed" "new_device" "locked_out" "password_changed" "sign_in_changed"
];

pub(super) fn add_to(environment: &mut Environment<'static>) -> Result<(), TemplateError> {
    for (html, text, source) in SOURCES {
        for name in [html, text] {
            environment.add_template(name, source).map_err(|_| TemplateError::Broken(name))?;
        }
    }
    Ok(())
}

impl Templates {
    /// The mail to the address `to`, from `product`: the deployment's name, at most 80 characters.
    pub fn identity(&self, to: &str, product: &str, mail: &IdentityMail<'_>) -> Result<Mail, TemplateError> {
        one_line("product", product, LONGEST_PRODUCT)?;
        let letter = Letter::about(mail, product)?;
        self.mail(to, &letter.subject, letter.name, &letter.values(product))
    }
}

#[cfg(test)]
mod tests;
