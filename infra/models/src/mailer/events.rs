//! What SES tells of a mail: events as a configuration set's destination puts them on the account's default bus
//! (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>), and what the mailbox simulator
//! makes happen by itself.

use serde_json::{Map, Value, json};

use super::sent::SentMail;
use crate::{cloud::CloudOptions, ids};

/// Something that happened to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailEvent {
    /// SES took it.
    Send,
    /// The receiving server took it.
    Delivery,
    /// The receiving server does not take it yet.
    Delay,
    /// It came back for good.
    Bounce,
    /// The address is on a suppression list of SES.
    SuppressedBounce,
    /// It came back for a reason that may pass; an absence note is one such.
    SoftBounce,
    /// The recipient called it unwanted.
    Complaint,
    /// SES found a virus in it.
    Reject,
    /// SES could not fill its template.
    RenderingFailure,
}

impl MailEvent {
    /// The type by which a destination chooses it.
    pub(super) fn matching(self) -> &'static str {
        match self {
            Self::Send => "SEND",
            Self::Delivery => "DELIVERY",
            Self::Delay => "DELIVERY_DELAY",
            Self::Bounce | Self::SuppressedBounce | Self::SoftBounce => "BOUNCE",
            Self::Complaint => "COMPLAINT",
            Self::Reject => "REJECT",
            Self::RenderingFailure => "RENDERING_FAILURE",
        }
    }

    /// The event's `detail-type`, and its `eventType`.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Send => ("Email Sent", "Send"),
            Self::Delivery => ("Email Delivered", "Delivery"),
            Self::Delay => ("Email Delivery Delayed", "DeliveryDelay"),
            Self::Bounce | Self::SuppressedBounce | Self::SoftBounce => ("Email Bounced", "Bounce"),
            Self::Complaint => ("Email Complaint Received", "Complaint"),
            Self::Reject => ("Email Rejected", "Reject"),
            Self::RenderingFailure => ("Email Rendering Failed", "Rendering Failure"),
        }
    }

    /// The member that is there for this type only.
    fn part(self, mail: &SentMail, at: &str) -> (&'static str, Value) {
        let recipients: Vec<_> = mail.recipients().map(|to| json!({ "emailAddress": to })).collect();
        let bounce = |kind: &str, sub: &str| {
            let recipient = |to: &String| json!({ "emailAddress": to, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown" });
            json!({
                "bounceType": kind, "bounceSubType": sub, "feedbackId": ids::uuid(), "timestamp": at, "reportingMTA": "dsn; a1",
                "bouncedRecipients": mail.recipients().map(recipient).collect::<Vec<_>>(),
            })
        };
        match self {
            Self::Send => ("send", json!({})),
            Self::Delivery => (
                "delivery",
                json!({
                    "timestamp": at, "processingTimeMillis": 500, "recipients": mail.recipients().collect::<Vec<_>>(),
                    "smtpResponse": "250 ok", "reportingMTA": "a1",
                }),
            ),
            Self::Delay => (
                "deliveryDelay",
                json!({ "timestamp": at, "delayType": "MailboxFull", "expirationTime": at, "delayedRecipients": recipients }),
            ),
            Self::Bounce => ("bounce", bounce("Permanent", "General")),
            Self::SuppressedBounce => ("bounce", bounce("Permanent", "Suppressed")),
            Self::SoftBounce => ("bounce", bounce("Transient", "General")),
            Self::Complaint => (
                "complaint",
                json!({ "timestamp": at, "feedbackId": ids::uuid(), "complainedRecipients": recipients }),
            ),
            Self::Reject => ("reject", json!({ "reason": "Bad content" })),
            Self::RenderingFailure => ("failure", json!({ "errorMessage": "Attribute is not present" })),
        }
    }
}

/// What happens to a mail by itself. Addresses of the mailbox simulator decide for themselves, also with a label:
/// <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>.
pub(super) fn by_itself(mail: &SentMail) -> &'static [MailEvent] {
    use MailEvent::{Bounce, Complaint, Delivery, Send, SoftBounce, SuppressedBounce};
    let simulated = mail.recipients().find_map(|to| to.strip_suffix("@simulator.amazonses.com"));
    match simulated.map(|local| local.split('+').next().unwrap_or(local)) {
        Some("bounce") => &[Send, Bounce],
        Some("suppressionlist") => &[Send, SuppressedBounce],
        Some("complaint") => &[Send, Delivery, Complaint],
        Some("ooto") => &[Send, Delivery, SoftBounce],
        _ => &[Send, Delivery],
    }
}

/// The event's `detail`, of a mail that was sent with the configuration set `set`.
pub(super) fn detail(mail: &SentMail, event: MailEvent, set: &str, options: &CloudOptions) -> Value {
    let at = (options.clock)().to_string();
    let mut tags = Map::new();
    for (name, value) in [("ses:operation", "SendEmail"), ("ses:configuration-set", set)] {
        tags.insert(name.to_owned(), json!([value]));
    }
    for tag in &mail.tags {
        tags.insert(tag.name.clone(), json!([tag.value]));
    }
    let to: Vec<_> = mail.recipients().collect();
    let described = json!({
        "timestamp": mail.at.to_string(), "source": mail.from, "sendingAccountId": options.account_id,
        "messageId": mail.id, "destination": to, "headersTruncated": false,
        "commonHeaders": { "from": [mail.from], "to": to, "subject": mail.subject }, "tags": tags,
    });
    let (part, content) = event.part(mail, &at);
    json!({ "eventType": event.names().1, "mail": described, part: content })
}
