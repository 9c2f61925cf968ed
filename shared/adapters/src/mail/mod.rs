//! Mail: what is sent, and sending it over SES.
//!
//! A [`Mail`] cannot be built with more than one recipient or with a line break in a header. Bodies hold
//! temporary passwords and links, so they show in no debug output.

mod ses;
pub mod templates;

use std::fmt;

use secrecy::SecretString;

pub use ses::{MailError, Mailer, MessageId, Sending};

const LONGEST_ADDRESS: usize = 254;
const LONGEST_SUBJECT: usize = 200;

/// Why a mail was not built; names the field, never its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailRefused {
    /// Not exactly one plain ASCII address.
    #[error("the {0} is not one plain mail address")]
    Address(&'static str),
    /// Empty, too long, or with a control character.
    #[error("the subject is empty, too long or has control characters")]
    Subject,
    /// Tag names and values are 1 to 256 of `[A-Za-z0-9_-]`.
    #[error("a tag is empty, too long or has other characters than letters, digits, _ and -")]
    Tag,
}

/// One mail to one person.
pub struct Mail {
    to: String,
    subject: String,
    html: SecretString,
    text: SecretString,
    reply_to: Option<String>,
    tags: Vec<(String, String)>,
}

impl Mail {
    /// A mail to the address `to`, as HTML and plain text with the same meaning.
    pub fn new(to: &str, subject: &str, html: SecretString, text: SecretString) -> Result<Self, MailRefused> {
        if !is_plain_address(to) {
            return Err(MailRefused::Address("recipient"));
        }
        let fits = !subject.trim().is_empty() && subject.chars().count() <= LONGEST_SUBJECT;
        if !fits || has_control(subject) {
            return Err(MailRefused::Subject);
        }
        Ok(Self {
            to: to.to_owned(),
            subject: subject.to_owned(),
            html,
            text,
            reply_to: None,
            tags: Vec::new(),
        })
    }

    /// The same mail with answers going to `address`.
    pub fn with_reply_to(mut self, address: &str) -> Result<Self, MailRefused> {
        if !is_plain_address(address) {
            return Err(MailRefused::Address("reply address"));
        }
        self.reply_to = Some(address.to_owned());
        Ok(self)
    }

    /// The same mail with a tag, which comes back in bounce and delivery events.
    pub fn with_tag(mut self, name: &str, value: &str) -> Result<Self, MailRefused> {
        if !is_tag(name) || !is_tag(value) {
            return Err(MailRefused::Tag);
        }
        self.tags.push((name.to_owned(), value.to_owned()));
        Ok(self)
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").field("tags", &self.tags).finish_non_exhaustive()
    }
}

/// Control characters and the Unicode line separators: what could begin another header or line.
fn has_control(text: &str) -> bool {
    text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

fn is_plain_address(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    // Separators, quotes, comments and route brackets would make a list or another mailbox of it.
    let plain = |c: char| c.is_ascii_graphic() && !"@,;:<>()[]\\\"".contains(c);
    let domain_char = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let dotted = |part: &str| !part.is_empty() && part.split('.').all(|label| !label.is_empty());
    address.len() <= LONGEST_ADDRESS
        && local.len() <= 64
        && local.chars().all(plain)
        && dotted(local)
        && domain.chars().all(domain_char)
        && dotted(domain)
}

fn is_tag(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=256).contains(&text.len()) && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, subject: &str) -> Result<Mail, MailRefused> {
        Mail::new(to, subject, "<p>planted</p>".into(), "planted".into())
    }

    #[test]
    fn one_plain_address_is_taken() {
        for address in ["kim@acme.example", "kim.o'neil+hr@mail.acme.example", "k@localhost"] {
            assert!(mail(address, "Hello").is_ok(), "{address}");
        }
    }

    #[test]
    fn lists_line_breaks_and_look_alikes_are_no_address() {
        let longest = format!("{}@acme.example", "k".repeat(65));
        let addresses = [
            "",
            "kim",
            "@acme.example",
            "kim@",
            "kim@acme..example",
            ".kim@acme.example",
            "kim@acme.example,lee@acme.example",
            "kim@acme.example;lee",
            "kim@acme.example\r\nBcc: lee@acme.example",
            "kim@acme.example\n",
            "Kim <kim@acme.example>",
            "\"kim lee\"@acme.example",
            "kim@acme@example",
            "kim(x)@acme.example",
            "kïm@acme.example",
            "kim@аcme.example",
            "kim@[127.0.0.1]",
            longest.as_str(),
        ];
        for address in addresses {
            assert_eq!(mail(address, "Hello").err(), Some(MailRefused::Address("recipient")), "{address}");
            assert!(mail("kim@acme.example", "Hello").unwrap().with_reply_to(address).is_err());
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        for subject in ["", "  ", "Hi\r\nBcc: x", "Hi\nthere", "Hi\u{2028}there", "Hi\0", "Hi\u{85}"] {
            assert_eq!(mail("kim@acme.example", subject).err(), Some(MailRefused::Subject));
        }
        assert!(mail("kim@acme.example", &"é".repeat(201)).is_err());
        assert!(mail("kim@acme.example", "Grüße aus Łódź").is_ok());
    }

    #[test]
    fn tags_hold_letters_digits_underscore_and_dash() {
        let tagged = |name, value| mail("kim@acme.example", "Hello").unwrap().with_tag(name, value);
        assert!(tagged("hire", "hire_01J-A").is_ok());
        for (name, value) in [("", "x"), ("x", ""), ("x", "a b"), ("x:y", "a"), ("x", "a\r\nb")] {
            assert_eq!(tagged(name, value).err(), Some(MailRefused::Tag));
        }
    }

    #[test]
    fn debug_output_shows_neither_person_nor_body() {
        let printed = format!("{:?}", mail("kim@acme.example", "Hello Kim").unwrap());
        assert!(!printed.contains("planted") && !printed.contains("kim") && !printed.contains("Kim"));
    }
}
