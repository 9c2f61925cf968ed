//! What `SendEmail` refuses: <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html> and the service quotas.

use super::request::{Content, Header, Message, SendEmail, Tag};
use crate::error::ServiceError;

const MOST_RECIPIENTS: usize = 50;
const MOST_TAGS: usize = 50;
/// The largest message after base64, in bytes.
const LARGEST: usize = 40 * 1024 * 1024;

fn bad(message: impl Into<String>) -> ServiceError {
    ServiceError::refused("BadRequestException", message)
}

pub(super) fn check(request: &SendEmail) -> Result<(), ServiceError> {
    check_content(&request.content)?;
    let recipients = request.destination.all().count();
    if recipients > MOST_RECIPIENTS {
        return Err(bad(format!("Recipient count exceeds {MOST_RECIPIENTS}.")));
    }
    if request.content.raw.is_none() && (recipients == 0 || request.from_email_address.is_none()) {
        return Err(bad("A sender and at least one recipient are required."));
    }
    let addresses =
        request.destination.all().chain(&request.from_email_address).chain(&request.reply_to_addresses);
    if !addresses.map(String::as_str).all(is_mailbox) {
        return Err(bad("Illegal address"));
    }
    if request.email_tags.len() > MOST_TAGS || !request.email_tags.iter().all(is_tag) {
        return Err(bad(
            "A tag may have ASCII letters, digits, underscores and dashes only, and at most 256 of them.",
        ));
    }
    Ok(())
}

fn check_content(content: &Content) -> Result<(), ServiceError> {
    match (&content.simple, &content.raw, &content.template) {
        (Some(message), None, None) => check_message(message),
        (None, Some(raw), None) if raw.data.len() > LARGEST => {
            Err(bad("Message length is more than 41943040 bytes long."))
        }
        (None, Some(_), None) => Ok(()),
        (None, None, Some(_)) => {
            Err(ServiceError::new(404, "NotFoundException", "The template does not exist."))
        }
        _ => Err(bad("Exactly one of Simple, Raw and Template is required.")),
    }
}

fn check_message(message: &Message) -> Result<(), ServiceError> {
    let parts = [&message.body.text, &message.body.html];
    let size: usize = parts.iter().filter_map(|part| part.as_ref()).map(|part| part.data.len()).sum();
    if parts.iter().all(|part| part.is_none()) {
        return Err(bad("Either Text or Html is required in the body."));
    }
    if size / 3 * 4 > LARGEST {
        return Err(bad("Message length is more than 41943040 bytes long."));
    }
    if message.subject.data.chars().any(char::is_control) {
        return Err(bad("The subject has control characters."));
    }
    if !message.headers.iter().all(is_header) {
        return Err(bad("A header's name or value is not valid."));
    }
    Ok(())
}

/// Printable ASCII without the colon in the name; no line break can be smuggled into the value.
fn is_header(header: &Header) -> bool {
    let name_fits = (1..=126).contains(&header.name.len())
        && header.name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
    let value_fits = (1..=995).contains(&header.value.len())
        && header.value.bytes().all(|b| b == b' ' || b == b'\t' || b.is_ascii_graphic());
    name_fits && value_fits
}

fn is_tag(tag: &Tag) -> bool {
    let fits = |text: &str| {
        (1..=256).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    fits(&tag.name) && fits(&tag.value)
}

/// `local@domain` or `Name <local@domain>`: ASCII local part, domain in Punycode.
fn is_mailbox(text: &str) -> bool {
    let address = match text.rsplit_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => text,
    };
    let parts = address.split_once('@').filter(|(local, domain)| !local.is_empty() && is_domain(domain));
    text.len() <= 320
        && !text.chars().any(char::is_control)
        && parts.is_some_and(|(local, _)| local.bytes().all(|b| b.is_ascii_graphic()))
}

fn is_domain(domain: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    domain.contains('.') && domain.split('.').all(is_label)
}
