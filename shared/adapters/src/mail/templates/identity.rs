//! The mails about a person's sign-in: links to follow, and notices of what was done.
//!
//! Each says what happened, offers one link, how long it lasts, and what to do if it was somebody else. HTML
//! and plain text come from one source for each mail, so that they cannot say different things.

mod letter;

use jiff::{SignedDuration, Timestamp};
use minijinja::Environment;
use secrecy::SecretString;
use vestibule_domain::{Device, Grant, MembershipChange, SignInChange, UserName};

use super::{Mail, TemplateError, Templates, one_line};

const LONGEST_PRODUCT: usize = 80;

/// A link that works once.
#[derive(Debug, Clone, Copy)]
pub struct OneTimeLink<'a> {
    /// The whole address, `https://..`, with its token.
    pub url: &'a SecretString,
    /// How long it works from now: at least a minute; told in days, hours or minutes, rounded down.
    pub lasts: SignedDuration,
}

/// One line of facts in a mail. What strangers choose is cut and loses what could become a link or a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// From which device, and when.
    Seen(Device, Timestamp),
    /// When a lock ends by itself.
    Until(Timestamp),
    /// What was changed about the ways to sign in.
    Change(SignInChange),
    /// The new address, masked.
    NewAddress(String),
    /// To which company, by whom, in which roles, and until when.
    Invited {
        /// The company.
        company: String,
        /// Who invites.
        inviter: String,
        /// The names of the roles.
        roles: Vec<String>,
        /// It counts until then.
        until: Timestamp,
    },
    /// In which company somebody was given an account, and in which role.
    Given {
        /// The company.
        company: String,
        /// The name of the role.
        role: String,
    },
    /// What somebody may do on the platform, and the user name they have there.
    Granted {
        /// The user name.
        username: UserName,
        /// What they may do.
        grant: Grant,
    },
    /// In which company, and what became of one's place there.
    Membership(String, MembershipChange),
}

/// Where a mail's button leads.
#[derive(Debug, Clone, Copy)]
pub enum MailLink<'a> {
    /// What works once.
    Once(OneTimeLink<'a>),
    /// A plain page, `https://..`, without a token.
    Page(&'a str),
}

/// A mail in its parts.
#[derive(Debug, Clone)]
pub struct IdentityMail<'a> {
    /// Which.
    pub template: MailTemplate,
    /// Where its button leads.
    pub link: MailLink<'a>,
    /// A second page, for templates that name one.
    pub other_link: &'a str,
    /// What it tells besides.
    pub facts: &'a [Fact],
}

/// One row for each mail: its name here, its template's file, and its subject with the deployment's name.
macro_rules! mails {
    ($($(#[$doc:meta])+ $mail:ident $file:literal $before:literal $after:literal;)+) => {
        /// The mails about a person's account.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum MailTemplate {
            $($(#[$doc])+ $mail),+
        }

        impl MailTemplate {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$mail),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$mail => concat!("identity/", $file)),+
                }
            }

            fn subject(self, product: &str) -> String {
                let (before, after) = match self {
                    $(Self::$mail => ($before, $after)),+
                };
                format!("{before}{product}{after}")
            }
        }

        const SOURCES: &[(&str, &str, &str)] = &[$((
            concat!("identity/", $file, ".html"),
            concat!("identity/", $file, ".txt"),
            include_str!(concat!("../../../templates/identity/", $file, ".jinja")),
        )),+];
    };
}

mails! {
    /// To a new person: confirm that the address is yours.
    VerifyEmail "verify_email" "Confirm your email address for " "";
    /// To the owner of an address that somebody tried to register again.
    AlreadyRegistered "already_registered" "You already have an account at " "";
    /// Sign in without a password.
    MagicLink "magic_link" "Your link to sign in to " "";
    /// Set a new password.
    ResetPassword "reset_password" "Set a new password for " "";
    /// To the new address: confirm it.
    ConfirmNewEmail "confirm_new_email" "Confirm your new email address for " "";
    /// To the old address: the change was made.
    EmailChanged "email_changed" "Your " " email address was changed";
    /// A sign-in from a device that was not seen before.
    NewDevice "new_device" "New sign-in to your " " account";
    /// Too many failed attempts.
    LockedOut "locked_out" "Sign-in to your " " account is locked for a while";
    /// The password was changed.
    PasswordChanged "password_changed" "Your " " password was changed";
    /// Another way to sign in was changed.
    SignInChanged "sign_in_changed" "How you sign in to " " was changed";
    /// Somebody else changed the person's place in a company.
    MembershipChanged "membership_changed" "Your membership at " " was changed";
    /// To somebody new who administers the platform: choose a password.
    NewAdministrator "new_administrator" "Choose a password to administer " "";
    /// To somebody with an account who administers the platform.
    Administrator "administrator" "You are an administrator of " "";
    /// Somebody is invited to a company.
    Invitation "invitation" "You are invited to a team at " "";
    /// To somebody who was given an account: set the first password.
    AccountInvitation "account_invitation" "Your new account at " "";
    /// To somebody with an account, who was given a place in another company.
    AccountAdded "account_added" "You belong to another organization at " "";
}

pub(super) fn add_to(environment: &mut Environment<'static>) -> Result<(), TemplateError> {
    for &(html, text, source) in SOURCES {
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
        let subject = mail.template.subject(product);
        let values = letter::values(mail, &subject, product)?;
        self.mail(to, &subject, mail.template.name(), &values)
    }
}

#[cfg(test)]
mod tests;
