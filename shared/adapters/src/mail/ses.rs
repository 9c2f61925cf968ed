//! Sending over SES v2.
//!
//! SES has no idempotency token: after a lost answer the mail may be on its way, which only the caller can
//! weigh. An accepted mail can still bounce or be dropped later.

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::Builder;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use secrecy::{ExposeSecret, SecretString};

use super::{Mail, MailRefused, has_control, is_plain_address};
use crate::fault::{Common, Fault, common, fault_of};

/// The id under which SES reports on a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// The id as SES gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a mail is not known to be sent. Codes are stable `snake_case` words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Not sent; the same mail may go later.
    #[error("the mail service refused for now ({code})")]
    Retry {
        /// The reason.
        code: &'static str,
        /// How long the service asks to wait.
        after: Option<Duration>,
    },
    /// Not sent, and repeating does not help.
    #[error("the mail service refused ({code})")]
    Permanent {
        /// The reason.
        code: &'static str,
    },
    /// The answer was lost: the mail may be sent.
    #[error("the mail service's answer was lost ({code})")]
    Unknown {
        /// The reason.
        code: &'static str,
    },
}

impl MailError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Retry { code, .. } | Self::Permanent { code } | Self::Unknown { code } => code,
        }
    }
}

/// How an account may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending {
    /// The domain is verified.
    pub verified: bool,
    /// Mails go to anybody, not to verified addresses only.
    pub production: bool,
}

/// Sends mails from one address.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    from: String,
    configuration_set: Option<String>,
}

impl Mailer {
    /// A mailer that sends as `from` (`name@host` or `Name <name@host>`), through the configuration set that
    /// publishes bounces, if there is one.
    pub fn new(config: &SdkConfig, from: &str, configuration_set: Option<&str>) -> Result<Self, MailRefused> {
        if !is_sender(from) {
            return Err(MailRefused::Address("sender"));
        }
        // A silent second attempt after a lost answer would send twice.
        let config = Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Ok(Self {
            client: Client::from_conf(config),
            from: from.to_owned(),
            configuration_set: configuration_set.map(str::to_owned),
        })
    }

    /// How the account may send: asked by the operator's command line.
    ///
    /// # Errors
    /// SES could not be asked.
    pub async fn sending(config: &SdkConfig, domain: &str) -> Result<Sending, MailError> {
        let client = Client::new(config);
        let account = client.get_account().send().await.map_err(|error| meaning(fault_of(&error)))?;
        let identity = client.get_email_identity().email_identity(domain).send().await;
        let verified = match identity {
            Ok(identity) => identity.verified_for_sending_status,
            Err(error) => match fault_of(&error) {
                Fault::Answered { code, .. } if code == "NotFoundException" => false,
                fault => return Err(meaning(fault)),
            },
        };
        Ok(Sending { verified, production: account.production_access_enabled })
    }

    /// Hands the mail to SES.
    pub async fn send(&self, mail: &Mail) -> Result<MessageId, MailError> {
        let unbuilt = |_: BuildError| MailError::Permanent { code: "request_invalid" };
        let content = EmailContent::builder().simple(message(mail).map_err(unbuilt)?).build();
        let answer = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .set_reply_to_addresses(mail.reply_to.clone().map(|address| vec![address]))
            .content(content)
            .set_email_tags(Some(tags(mail).map_err(unbuilt)?))
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await
            .map_err(|error| meaning(fault_of(&error)))?;
        match answer.message_id {
            Some(id) if !id.is_empty() => Ok(MessageId(id)),
            _ => Err(MailError::Unknown { code: "answer_unreadable" }),
        }
    }
}

fn is_sender(from: &str) -> bool {
    match from.strip_suffix('>').and_then(|named| named.rsplit_once('<')) {
        Some((name, address)) => {
            !has_control(name) && !name.contains(['<', '>', ',', ';']) && is_plain_address(address)
        }
        None => is_plain_address(from),
    }
}

fn message(mail: &Mail) -> Result<Message, BuildError> {
    let part = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let secret = |text: &SecretString| part(text.expose_secret());
    let body = Body::builder().html(secret(&mail.html)?).text(secret(&mail.text)?).build();
    Ok(Message::builder().subject(part(&mail.subject)?).body(body).build())
}

fn tags(mail: &Mail) -> Result<Vec<MessageTag>, BuildError> {
    let tag = |(name, value): &(String, String)| MessageTag::builder().name(name).value(value).build();
    mail.tags.iter().map(tag).collect()
}

fn meaning(fault: Fault) -> MailError {
    match fault {
        Fault::Unsendable => MailError::Permanent { code: "request_invalid" },
        Fault::Unreachable => MailError::Retry { code: "unreachable", after: None },
        Fault::Lost(code) => MailError::Unknown { code },
        Fault::Answered { code, status, after } => of_code(&code, status, after),
    }
}

fn of_code(code: &str, status: u16, after: Option<Duration>) -> MailError {
    let retry = |code| MailError::Retry { code, after };
    let permanent = |code| MailError::Permanent { code };
    match code {
        "LimitExceededException" => retry("quota_exceeded"),
        "SendingPausedException" => retry("sending_paused"),
        "ConcurrentModificationException" => retry("concurrent_modification"),
        "AccountSuspendedException" => permanent("account_suspended"),
        "MessageRejected" => permanent("message_rejected"),
        "MailFromDomainNotVerifiedException" => permanent("sender_unverified"),
        "NotFoundException" => permanent("configuration_not_found"),
        "BadRequestException" => permanent("request_invalid"),
        _ => match common(code, status) {
            Common::Retry(code) => retry(code),
            Common::Permanent(code) => permanent(code),
            Common::Unknown(code) => MailError::Unknown { code },
        },
    }
}

#[cfg(test)]
mod tests;
