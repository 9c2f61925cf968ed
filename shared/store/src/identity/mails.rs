//! Mails to send, recorded with what causes them and taken from the table's stream. A mail is
//! claimed before it is sent: a repeated delivery finds it claimed or sent and does nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vestibule_domain::{Delivery, Email, IdentityMailRequest, MailId, World};

use crate::{
    Answer, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// How long a record stays for a person to look at.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a sender has before another may take the mail over.
const CLAIM: SignedDuration = SignedDuration::from_secs(60);
/// How often a mail is tried.
pub const MAIL_TRIES: u32 = 5;

/// A mail that is this sender's to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedMail {
    /// What to send.
    #[serde(flatten)]
    pub request: IdentityMailRequest,
    /// How often it was tried before.
    #[serde(default)]
    pub tries: u32,
    /// Until when a sender has it, in milliseconds since 1970.
    #[serde(default)]
    pub claimed_until: Option<i64>,
    /// How it ended, once it has.
    #[serde(default)]
    pub outcome: Option<String>,
    /// The mail service's id of it, once it was handed over.
    #[serde(default)]
    pub message: Option<String>,
    /// What became of it since, as far as that is known.
    #[serde(default)]
    pub delivery: Option<Delivery>,
}

impl ClaimedMail {
    /// Whether a sender may be about to hand it over, or to note that it has.
    #[must_use]
    pub fn is_being_sent(&self, now: Timestamp) -> bool {
        self.outcome.is_none() && self.claimed_until.is_some_and(|until| now.as_millisecond() < until)
    }
}

/// Whether a mail is this sender's to send.
#[derive(Debug)]
pub enum Claim {
    /// It is.
    Ours(Box<ClaimedMail>),
    /// Another sender has it, or it pauses: look again later.
    Held,
    /// It was sent, dropped or given up, or never was.
    Ended,
}

impl Command {
    /// Adds a mail to send.
    pub(crate) fn mailing(self, mail: &IdentityMailRequest) -> Result<Self, StoreError> {
        let mut row = to_row(&keys::mail(mail.id), Kind::Mail, mail)?;
        let until = mail.at.saturating_add(KEPT_FOR).unwrap_or(mail.at);
        row.insert("ttl".into(), number(until.as_second()));
        Ok(self.and(Action::put(row).if_new(), Conflict::Exists))
    }
}

impl PlatformStore<'_> {
    /// Records a mail that nothing else is written with.
    pub async fn request_mail(
        &self,
        mail: &IdentityMailRequest,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        Command::new().mailing(mail)?.answering(answer, world)?.commit(self.store).await
    }

    /// Takes the mail, unless it has ended or another sender has it at `now`.
    pub async fn claim_mail(&self, id: MailId, now: Timestamp) -> Result<Claim, StoreError> {
        let Some(mail): Option<ClaimedMail> = self.store.get(&keys::mail(id)).await? else {
            return Ok(Claim::Ended);
        };
        if mail.outcome.is_some() {
            return Ok(Claim::Ended);
        }
        if mail.tries >= 2 * MAIL_TRIES {
            // Its senders died over it and settled nothing.
            self.settle_mail(id, "failed:senders_died").await?;
            return Ok(Claim::Ended);
        }
        let until = now.saturating_add(CLAIM).unwrap_or(now);
        let free = "attribute_not_exists(outcome) AND \
                    (attribute_not_exists(claimed_until) OR claimed_until < :now)";
        let claim = Action::update(&keys::mail(id), "SET claimed_until = :until, tries = :next")
            .value(":until", number(until.as_millisecond()))
            .value(":next", number(mail.tries + 1))
            .value(":now", number(now.as_millisecond()))
            .when(free);
        match Command::new().and(claim, Conflict::Stale).commit(self.store).await {
            Ok(()) => Ok(Claim::Ours(Box::new(mail))),
            Err(StoreError::Conflict(_)) => Ok(Claim::Held),
            Err(error) => Err(error),
        }
    }

    /// Records that the mail was handed over to the mail service, which knows it as `message`. From now on the row's address is
    /// the one that it went to.
    pub async fn settle_sent_mail(&self, id: MailId, message: &str, to: &Email) -> Result<(), StoreError> {
        let key = keys::mail(id);
        let address = self.store.sealer().seal_field(&key, Kind::Mail, "email", to.as_str())?;
        let settle = Action::update(&key, "SET outcome = :outcome, message = :message, email = :email")
            .value(":outcome", text("sent"))
            .value(":message", text(message))
            .value(":email", address)
            .when("attribute_exists(PK)");
        Command::new().and(settle, Conflict::Stale).commit(self.store).await
    }

    /// Records how else it went: `dropped` with a reason, or given up.
    pub async fn settle_mail(&self, id: MailId, outcome: &str) -> Result<(), StoreError> {
        let settle = Action::update(&keys::mail(id), "SET outcome = :outcome");
        let settle = settle.value(":outcome", text(outcome)).when("attribute_exists(PK)");
        Command::new().and(settle, Conflict::Stale).commit(self.store).await
    }

    /// Gives the mail back, to be tried again after a pause that grows with the tries.
    pub async fn release_mail(&self, id: MailId, tries: u32, now: Timestamp) -> Result<(), StoreError> {
        let pause = SignedDuration::from_secs(1 << tries.min(5));
        let until = now.saturating_add(pause).unwrap_or(now);
        let release = Action::update(&keys::mail(id), "SET claimed_until = :until");
        let release = release.value(":until", number(until.as_millisecond())).when("attribute_exists(PK)");
        Command::new().and(release, Conflict::Stale).commit(self.store).await
    }
}
