//! One mail from its claim to its end. A claim that ends unsettled lapses by itself; a mail that
//! cannot be sent is settled as failed, so that it holds nobody up.

use jiff::Timestamp;
use vestibule_adapters::mail::MessageId;
use vestibule_domain::{Email, IdentityMailKind as Kind, IdentityMailRequest, MailId};
use vestibule_store::{Claim, ClaimedMail, MAIL_TRIES, StoreError};

use crate::{Outbox, compose::kind, decide::decide, look_up, trouble::Trouble};

/// The mail waits and must be delivered to the function again.
#[derive(Debug)]
pub(crate) struct Again;

impl Outbox {
    /// Sends the mail, or ends it; nothing happens when another sender has it or it has ended.
    pub(crate) async fn process(&self, id: MailId) -> Result<(), Again> {
        let now = self.world.now();
        match self.store.platform().claim_mail(id, now).await {
            Ok(Claim::Ours(claimed)) => self.deliver(&claimed, now).await,
            Ok(Claim::Held) => Err(Again),
            Ok(Claim::Ended) => {
                tracing::info!(mail = %id, "mail_not_waiting");
                Ok(())
            }
            Err(error) => match Trouble::from(error) {
                Trouble::Later(code) => {
                    tracing::warn!(mail = %id, code, "mail_waits");
                    Err(Again)
                }
                Trouble::Never(code) | Trouble::Moot(code) => {
                    self.give_up(id, "unread", code).await;
                    Ok(())
                }
            },
        }
    }

    async fn deliver(&self, claimed: &ClaimedMail, now: Timestamp) -> Result<(), Again> {
        let ClaimedMail { request, tries, .. } = claimed;
        let (id, kind) = (request.id, kind(&request.mail));
        match self.send(request, now).await {
            Ok((message, to)) => self.settle_sent(id, &kind, (&message, &to)).await,
            Err(Trouble::Moot(why)) => self.settle(id, &kind, &format!("dropped:{why}")).await,
            Err(Trouble::Later(code)) if tries + 1 < MAIL_TRIES => {
                tracing::warn!(mail = %id, kind, code, tries = tries + 1, "mail_waits");
                self.release(id, *tries, now).await;
                return Err(Again);
            }
            Err(Trouble::Later(code) | Trouble::Never(code)) => self.give_up(id, &kind, code).await,
        }
        Ok(())
    }

    /// Hands the mail over; the mail service's id of it, and to whom it went.
    async fn send(
        &self,
        request: &IdentityMailRequest,
        now: Timestamp,
    ) -> Result<(MessageId, Email), Trouble> {
        if self.site.is_unset() {
            tracing::error!(
                "no mail is sent: the parameter SiteUrl has its default; deploy with your own origin"
            );
            return Err(Trouble::Never("site_url_is_the_default"));
        }
        let facts = look_up::facts(&self.store, request, now).await?;
        let letter = decide(request, facts, now)?;
        let address = self.store.sealer().address_key(&letter.to);
        if let Some(suppression) = self.store.platform().find_suppression(&address).await? {
            if let Kind::Invitation { tenant, invitation, round } = request.mail {
                let about = (tenant, invitation, round);
                self.store.platform().tell_suppressed(about, &suppression, now).await?;
            }
            if let Kind::AccountInvitation { user } = request.mail {
                let told = suppression.tells(now);
                self.store.platform().tell_account_suppressed(user, request.id, &told).await?;
            }
            return Err(Trouble::Moot("suppressed"));
        }
        let mail = self.compose(request, &letter, now).await?;
        let message = self.mailer.send(&mail).await?;
        Ok((message, letter.to))
    }

    async fn give_up(&self, id: MailId, kind: &str, code: &str) {
        tracing::error!(mail = %id, kind, code, "mail_failed");
        self.settle(id, kind, &format!("failed:{code}")).await;
    }

    /// Records the end. What was done is done: a table that does not take the record is no reason
    /// to send the mail again.
    async fn settle(&self, id: MailId, kind: &str, outcome: &str) {
        tracing::info!(mail = %id, kind, outcome, "mail");
        note(id, kind, self.store.platform().settle_mail(id, outcome).await);
    }

    async fn settle_sent(&self, id: MailId, kind: &str, (message, to): (&MessageId, &Email)) {
        tracing::info!(mail = %id, kind, outcome = "sent", message = message.as_str(), "mail");
        note(id, kind, self.store.platform().settle_sent_mail(id, message.as_str(), to).await);
    }

    async fn release(&self, id: MailId, tries: u32, now: Timestamp) {
        if let Err(error) = self.store.platform().release_mail(id, tries, now).await {
            tracing::error!(mail = %id, why = ?Trouble::from(error), "mail_not_released");
        }
    }
}

fn note(id: MailId, kind: &str, settled: Result<(), StoreError>) {
    if let Err(error) = settled {
        tracing::error!(mail = %id, kind, why = ?Trouble::from(error), "mail_not_settled");
    }
}
