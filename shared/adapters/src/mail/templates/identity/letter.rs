//! What fills a template: the subject, the link and the facts of each mail, checked and in words.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use minijinja::{Value, context};
use secrecy::ExposeSecret;
use vestibule_domain::SignInChange;

use super::{IdentityMail, OneTimeLink, Seen};
use crate::mail::templates::{TemplateError, one_line, web_address};

const LONGEST_ADDRESS: usize = 254;
const LONGEST_DEVICE: usize = 100;

pub(super) struct Letter<'a> {
    pub(super) name: &'static str,
    pub(super) subject: String,
    link: &'a str,
    lasts: String,
    other_link: &'a str,
    details: Vec<(&'static str, String)>,
}

impl<'a> Letter<'a> {
    pub(super) fn about(mail: &IdentityMail<'a>, product: &str) -> Result<Self, TemplateError> {
        let subject = subject(mail, product);
        match *mail {
            IdentityMail::VerifyEmail(link) => Self::once("identity/verify_email", subject, link),
            IdentityMail::MagicLink(link) => Self::once("identity/magic_link", subject, link),
            IdentityMail::ResetPassword(link) => Self::once("identity/reset_password", subject, link),
            IdentityMail::ConfirmNewEmail(link) => Self::once("identity/confirm_new_email", subject, link),
            IdentityMail::AlreadyRegistered { sign_in_url, reset_url } => {
                web_address("reset link", reset_url)?;
                let letter =
                    Self::plain("identity/already_registered", subject, "sign-in link", sign_in_url)?;
                Ok(Self { other_link: reset_url, ..letter })
            }
            IdentityMail::EmailChanged { new_masked, undo } => {
                Self::once("identity/email_changed", subject, undo)?.with_new_address(new_masked)
            }
            IdentityMail::NewDevice { seen, reset_url } => {
                Ok(Self::reset("identity/new_device", subject, reset_url)?.with_device(seen))
            }
            IdentityMail::LockedOut { until, reset_url } => {
                Ok(Self::reset("identity/locked_out", subject, reset_url)?
                    .with("Locked until", moment(until)))
            }
            IdentityMail::PasswordChanged { reset_url } => {
                Self::reset("identity/password_changed", subject, reset_url)
            }
            IdentityMail::SignInChanged { change, seen, reset_url } => {
                Ok(Self::reset("identity/sign_in_changed", subject, reset_url)?
                    .with("Change", changed(change))
                    .with_device(seen))
            }
        }
    }

    fn plain(
        name: &'static str,
        subject: String,
        field: &'static str,
        link: &'a str,
    ) -> Result<Self, TemplateError> {
        web_address(field, link)?;
        Ok(Self { name, subject, link, lasts: String::new(), other_link: "", details: Vec::new() })
    }

    fn reset(name: &'static str, subject: String, link: &'a str) -> Result<Self, TemplateError> {
        Self::plain(name, subject, "reset link", link)
    }

    fn once(name: &'static str, subject: String, link: OneTimeLink<'a>) -> Result<Self, TemplateError> {
        let lasts = duration(link.lasts).ok_or(TemplateError::Value("life of the link"))?;
        Ok(Self { lasts, ..Self::plain(name, subject, "link", link.url.expose_secret())? })
    }

    fn with(mut self, label: &'static str, value: String) -> Self {
        self.details.push((label, value));
        self
    }

    fn with_device(self, Seen { device, address, at }: Seen<'_>) -> Self {
        self.with("When", moment(at))
            .with("Device", plain_words(device))
            .with("Network address", network_address(address))
    }

    fn with_new_address(self, masked: &str) -> Result<Self, TemplateError> {
        one_line("new address", masked, LONGEST_ADDRESS)?;
        Ok(self.with("New address", masked.to_owned()))
    }

    pub(super) fn values(&self, product: &str) -> Value {
        context! {
            subject => &self.subject,
            product,
            link => self.link,
            lasts => &self.lasts,
            other_link => self.other_link,
            details => self.details.iter().map(Value::from).collect::<Vec<_>>(),
        }
    }
}

fn subject(mail: &IdentityMail<'_>, product: &str) -> String {
    match mail {
        IdentityMail::VerifyEmail(_) => format!("Confirm your email address for {product}"),
        IdentityMail::AlreadyRegistered { .. } => format!("You already have an account at {product}"),
        IdentityMail::MagicLink(_) => format!("Your link to sign in to {product}"),
        IdentityMail::ResetPassword(_) => format!("Set a new password for {product}"),
        IdentityMail::ConfirmNewEmail(_) => format!("Confirm your new email address for {product}"),
        IdentityMail::EmailChanged { .. } => format!("Your {product} email address was changed"),
        IdentityMail::NewDevice { .. } => format!("New sign-in to your {product} account"),
        IdentityMail::LockedOut { .. } => format!("Sign-in to your {product} account is locked for a while"),
        IdentityMail::PasswordChanged { .. } => format!("Your {product} password was changed"),
        IdentityMail::SignInChanged { .. } => format!("How you sign in to {product} was changed"),
    }
}

fn changed(change: &SignInChange) -> String {
    match change {
        SignInChange::SecondFactorAdded => "a second factor was added".to_owned(),
        SignInChange::SecondFactorRemoved => "the second factor was removed".to_owned(),
        SignInChange::RecoveryCodesReplaced => "new recovery codes replaced the old ones".to_owned(),
        SignInChange::RecoveryCodeUsed { left } => format!("a recovery code was used; {left} left"),
        SignInChange::ProviderConnected { provider } => format!("{} was connected", plain_words(provider)),
        SignInChange::ProviderDisconnected { provider } => {
            format!("{} was disconnected", plain_words(provider))
        }
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// In whole minutes, hours or, from two on, days; nothing below a minute.
fn duration(lasts: SignedDuration) -> Option<String> {
    let counted = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match lasts.as_mins() {
        ..1 => None,
        minutes if minutes >= 2880 => Some(counted(minutes / 1440, "day")),
        minutes if minutes % 60 == 0 => Some(counted(minutes / 60, "hour")),
        minutes => Some(counted(minutes, "minute")),
    }
}

fn network_address(text: &str) -> String {
    text.parse::<IpAddr>().map_or_else(|_| "unknown".to_owned(), |address| address.to_string())
}

/// Letters, digits and a few signs. Whoever signs in chooses the text, and mail programs make links of what
/// looks like one, so a dot stays between digits only. Nothing is refused: that would silence the notice.
fn plain_words(text: &str) -> String {
    let kept = text.chars().map(|c| if c.is_alphanumeric() || " .()/;,_+-".contains(c) { c } else { ' ' });
    let kept: Vec<char> = kept.take(4 * LONGEST_DEVICE).collect();
    let digit = |at: Option<usize>| at.and_then(|at| kept.get(at)).is_some_and(char::is_ascii_digit);
    let version = |at: usize| digit(at.checked_sub(1)) && digit(at.checked_add(1));
    let harmless = kept.iter().enumerate().map(|(at, &c)| if c == '.' && !version(at) { ' ' } else { c });
    let harmless: String = harmless.collect();
    let words = harmless.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { "unknown".to_owned() } else { words.chars().take(LONGEST_DEVICE).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_unit_people_use() {
        let told = |minutes| duration(SignedDuration::from_mins(minutes));
        for (minutes, words) in [
            (1, "1 minute"),
            (15, "15 minutes"),
            (60, "1 hour"),
            (90, "90 minutes"),
            (1440, "24 hours"),
            (2880, "2 days"),
            (10_081, "7 days"),
        ] {
            assert_eq!(told(minutes).as_deref(), Some(words));
        }
        assert_eq!((told(0), told(-5), duration(SignedDuration::from_secs(59))), (None, None, None));
    }

    #[test]
    fn a_device_stays_readable() {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
        assert_eq!(
            plain_words(agent),
            "Mozilla/5.0 (X11; Linux x86_64; rv 130.0) Gecko/20100101 Firefox/130.0"
        );
        assert_eq!(plain_words("Kims Küchen-iPad"), "Kims Küchen-iPad");
    }

    #[test]
    fn a_device_makes_no_link_and_no_line() {
        for (device, words) in [
            ("see https://evil.example/x?y=1", "see https //evil example/x y 1"),
            ("write me@evil.example", "write me evil example"),
            ("a\r\nSubject: b", "a Subject b"),
            ("a\u{202e}b\u{2028}c\u{0}d", "a b c d"),
            ("\u{7}...", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(plain_words(device), words);
        }
        assert_eq!(plain_words(&"x".repeat(5000)), "x".repeat(100));
        assert_eq!(plain_words(&" .".repeat(5000)), "unknown");
    }

    #[test]
    fn only_an_ip_address_is_a_network_address() {
        assert_eq!(network_address("203.0.113.9"), "203.0.113.9");
        assert_eq!(network_address("2001:db8:0::1"), "2001:db8::1");
        for other in ["", "evil.example", "203.0.113.9, 10.0.0.1", "<b>"] {
            assert_eq!(network_address(other), "unknown");
        }
    }
}
