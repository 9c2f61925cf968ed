//! Mails about accounts: each has a row of its own, which `outbox-mail` wrote the message's id into.

use vestibule_domain::MailId;
use vestibule_store::StoreError;

use crate::{EmailEvents, Outcome, Report};

impl EmailEvents {
    pub(crate) async fn account_mail(&self, id: MailId, report: &Report) -> Result<Outcome, StoreError> {
        let (platform, now) = (self.store.platform(), self.world.now());
        let Some(mail) = platform.find_mail(id).await? else { return Ok(Outcome::Unknown) };
        match &mail.message {
            None if mail.is_being_sent(now) => return Ok(Outcome::TooEarly),
            Some(message) if *message == report.message => {}
            _ => return Ok(Outcome::Unknown),
        }
        let delivery = report.delivery(now);
        if !delivery.outranks(mail.delivery.as_ref()) {
            return Ok(Outcome::Known);
        }
        platform.record_delivery(&mail, &report.message, &delivery, &self.world).await?;
        tracing::info!(mail = %id, state = delivery.state.name(), "mail_delivery");
        Ok(Outcome::Recorded)
    }
}
