//! A mail as it lies in the recipients' inboxes.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    mime,
    request::{Header, Message, SendEmail, Tag},
};
use crate::error::ServiceError;

/// A mail that was taken.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// The message id the sender was given.
    pub id: String,
    /// The sender, as given.
    pub from: String,
    /// The recipients, as given.
    pub to: Vec<String>,
    /// Recipients of a copy.
    pub cc: Vec<String>,
    /// Recipients of a blind copy.
    pub bcc: Vec<String>,
    /// Where answers go.
    pub reply_to: Vec<String>,
    /// The subject line.
    pub subject: String,
    /// The HTML body.
    pub html: Option<String>,
    /// The plain text body.
    pub text: Option<String>,
    /// The whole MIME message, when it was sent raw; `html` and `text` are then empty.
    pub raw: Option<String>,
    /// Headers beyond sender, recipients and subject.
    pub headers: Vec<Header>,
    /// The tags.
    pub tags: Vec<Tag>,
    /// The configuration set named by the sender.
    pub configuration_set: Option<String>,
    /// The SES tenant named by the sender.
    pub tenant: Option<String>,
    /// When it was taken.
    pub at: Timestamp,
}

impl SentMail {
    /// Everybody it goes to.
    pub(super) fn recipients(&self) -> impl Iterator<Item = &String> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }
}

/// Bodies hold links and first passwords.
impl fmt::Debug for SentMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SentMail");
        shown
            .field("id", &self.id)
            .field("to", &self.to)
            .field("subject", &self.subject)
            .field("tags", &self.tags);
        shown.field("at", &self.at).finish_non_exhaustive()
    }
}

pub(super) fn from_request(request: SendEmail, id: String, at: Timestamp) -> Result<SentMail, ServiceError> {
    let mut mail = SentMail {
        id,
        from: request.from_email_address.unwrap_or_default(),
        to: request.destination.to,
        cc: request.destination.cc,
        bcc: request.destination.bcc,
        reply_to: request.reply_to_addresses,
        subject: String::new(),
        html: None,
        text: None,
        raw: None,
        headers: Vec::new(),
        tags: request.email_tags,
        configuration_set: request.configuration_set_name,
        tenant: request.tenant_name,
        at,
    };
    if let Some(message) = request.content.simple {
        fill_simple(&mut mail, message);
    } else if let Some(raw) = request.content.raw {
        fill_raw(&mut mail, &raw.data)?;
    }
    Ok(mail)
}

fn fill_simple(mail: &mut SentMail, message: Message) {
    mail.subject = message.subject.data;
    mail.html = message.body.html.map(|part| part.data);
    mail.text = message.body.text.map(|part| part.data);
    mail.headers = message.headers;
}

/// What the request leaves out is taken from the message's own headers.
fn fill_raw(mail: &mut SentMail, data: &str) -> Result<(), ServiceError> {
    let source = mime::decode(data)?;
    for header in mime::headers(&source) {
        match header.name.to_ascii_lowercase().as_str() {
            "subject" => mail.subject = header.value,
            "from" if mail.from.is_empty() => mail.from = header.value,
            "to" if mail.to.is_empty() => mail.to = mime::addresses(&header.value),
            "cc" if mail.cc.is_empty() => mail.cc = mime::addresses(&header.value),
            "from" | "to" | "cc" => {}
            _ => mail.headers.push(header),
        }
    }
    if mail.from.is_empty() || mail.to.len() + mail.cc.len() + mail.bcc.len() == 0 {
        return Err(ServiceError::refused("BadRequestException", "Missing required header 'From' or 'To'."));
    }
    mail.raw = Some(source);
    Ok(())
}
