//! An event of SES as far as it decides something: which mail, which message, what happened. Nothing else in it can refuse it,
//! and what is no report on a mail of ours is none, whatever it looks like.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use vestibule_domain::{Delivery, DeliveryState, HireId, JobId, MailId, TenantId, mail_tags};

/// Who alone may put events with this source on the bus.
const SOURCE: &str = "aws.ses";

/// Any event; the report in it, if there is one.
#[derive(Debug, Deserialize)]
#[serde(from = "Value")]
pub struct Notice(pub Option<Report>);

/// What an event says about a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which mail.
    pub about: About,
    /// The mail service's id of it.
    pub message: String,
    /// What happened.
    pub state: DeliveryState,
    /// When the event was made, if it says so.
    pub at: Option<Timestamp>,
}

/// Which mail an event is about, as its tags say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// One about an account.
    Mail(MailId),
    /// One of a job that gave somebody an account.
    Account {
        /// For this tenant.
        tenant: TenantId,
        /// By this job.
        job: JobId,
    },
    /// One with a password.
    Job {
        /// Of this tenant.
        tenant: TenantId,
        /// To this hire.
        hire: HireId,
        /// By this job.
        job: JobId,
    },
}

impl From<Value> for Notice {
    fn from(event: Value) -> Self {
        Self(read(&event))
    }
}

impl Report {
    /// What is known of the mail by this report. No report is later than `now`.
    #[must_use]
    pub fn delivery(&self, now: Timestamp) -> Delivery {
        Delivery { state: self.state, at: self.at.map_or(now, |at| at.min(now)) }
    }
}

fn read(event: &Value) -> Option<Report> {
    let detail = &event["detail"];
    let mail = &detail["mail"];
    if event["source"] != SOURCE {
        return None;
    }
    let at = event["time"].as_str().and_then(|time| time.parse().ok());
    let message = mail["messageId"].as_str().filter(|id| !id.is_empty())?.to_owned();
    Some(Report { about: about(&mail["tags"])?, message, state: state(detail)?, at })
}

fn state(detail: &Value) -> Option<DeliveryState> {
    Some(match detail["eventType"].as_str()? {
        "DeliveryDelay" => DeliveryState::Delayed,
        "Delivery" => DeliveryState::Delivered,
        "Bounce" if detail["bounce"]["bounceType"] == "Permanent" => DeliveryState::Bounced,
        "Bounce" => DeliveryState::SoftBounced,
        "Reject" | "Rendering Failure" => DeliveryState::Rejected,
        "Complaint" => DeliveryState::Complained,
        _ => return None,
    })
}

fn about(tags: &Value) -> Option<About> {
    let tag = |name: &str| tags[name][0].as_str();
    if let Some(mail) = tag(mail_tags::MAIL) {
        return Some(About::Mail(mail.parse().ok()?));
    }
    let tenant = tag(mail_tags::TENANT)?.parse().ok()?;
    let job = tag(mail_tags::JOB)?.parse().ok()?;
    // Only a mail that names no hire at all is about an account.
    Some(match tags.get(mail_tags::HIRE) {
        Some(_) => About::Job { tenant, hire: tag(mail_tags::HIRE)?.parse().ok()?, job },
        None => About::Account { tenant, job },
    })
}

#[cfg(test)]
mod tests;
