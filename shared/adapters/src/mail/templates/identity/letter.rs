//! What fills a template: the subject, the link and the facts of each mail, checked and in words.

use std::net::IpAddr;

use jiff::Timestamp;
use minijinja::{Value, context};
use secrecy::ExposeSecret;
use vestibule_domain::{Grant, MembershipChange, SignInChange};

use super::{Fact, IdentityMail, MailLink, OneTimeLink};
use crate::mail::templates::{TemplateError, duration::duration, one_line, web_address};

const LONGEST_ADDRESS: usize = 254;
const LONGEST_DEVICE: usize = 100;

/// What fills the template of a mail.
pub(super) fn values(mail: &IdentityMail<'_>, subject: &str, product: &str) -> Result<Value, TemplateError> {
    let (link, lasts) = match mail.link {
        MailLink::Once(OneTimeLink { url, lasts }) => {
            let lasts = duration(lasts).ok_or(TemplateError::Value("life of the link"))?;
            (url.expose_secret(), lasts)
        }
        MailLink::Page(page) => (page, String::new()),
    };
    web_address("link", link)?;
    if !mail.other_link.is_empty() {
        web_address("other link", mail.other_link)?;
    }
    let details = mail.facts.iter().map(lines).collect::<Result<Vec<_>, _>>()?.concat();
    let details: Vec<_> = details.iter().map(Value::from).collect();
    Ok(context! { subject, product, link, lasts, other_link => mail.other_link, details })
}

/// A fact as labels and words.
fn lines(fact: &Fact) -> Result<Vec<(&'static str, String)>, TemplateError> {
    Ok(match fact {
        Fact::Seen(device, at) => {
            let [agent, address] =
                [&device.agent, &device.address].map(|part| part.as_deref().unwrap_or_default());
            vec![
                ("When", moment(*at)),
                ("Device", plain_words(agent)),
                ("Network address", network_address(address)),
            ]
        }
        Fact::Until(at) => vec![("Locked until", moment(*at))],
        Fact::Change(change) => vec![("Change", changed(change))],
        Fact::NewAddress(masked) => {
            one_line("new address", masked, LONGEST_ADDRESS)?;
            vec![("New address", masked.clone())]
        }
        Fact::Invited { company, inviter, roles, until } => {
            let roles: Vec<_> =
                roles.iter().map(|role| plain_words(&role.replace(['_', '-'], " "))).collect();
            vec![
                ("Organization", plain_words(company)),
                ("Invited by", plain_words(inviter)),
                (if roles.len() == 1 { "Your role" } else { "Your roles" }, roles.join(", ")),
                ("Valid until", moment(*until)),
            ]
        }
        Fact::Given { company, role } => vec![
            ("Organization", plain_words(company)),
            ("Your role", plain_words(&role.replace(['_', '-'], " "))),
        ],
        Fact::Granted { username, grant } => {
            vec![("You are", administering(*grant).to_owned()), ("User name", username.as_str().to_owned())]
        }
        Fact::Membership(company, change) => {
            vec![("Organization", plain_words(company)), ("Change", placed(*change).to_owned())]
        }
    })
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

fn administering(grant: Grant) -> &'static str {
    match grant {
        Grant::SuperAdmin => "super administrator, who looks after organizations and the platform",
        Grant::GeneralAdmin => "general administrator, who provisions and manages accounts",
        Grant::PromoAdmin => "promo administrator, who looks after promotional sign-ups",
    }
}

fn placed(change: MembershipChange) -> &'static str {
    match change {
        MembershipChange::Changed => "your roles there are others now",
        MembershipChange::Suspended => "you cannot work there at present",
        MembershipChange::Resumed => "you can work there again",
        MembershipChange::Removed => "you do not belong to it any more",
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
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
