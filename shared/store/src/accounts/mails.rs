//! What became of the mail by which somebody was told of their account last. Only the newest one counts: what is reported of an
//! older one changes nothing.

use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_auth::{Actor, SystemTask};
use vestibule_domain::{Delivery, Email, JobId, MailId, UserId, World};

use crate::{
    AuditRecord, Conflict, PlatformStore, StoreError, Suppression,
    engine::command::{Action, Command},
    engine::item::to_row,
    engine::keys,
    engine::kinds::Kind,
};

/// The newest mail about an account, as far as something is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountMail {
    /// The id of the mail, or of the job that sent it.
    pub source: String,
    /// What became of it.
    pub delivery: Option<Delivery>,
    /// Counts its writes.
    pub version: u64,
}

impl AccountMail {
    /// What a person must be told of it.
    #[must_use]
    pub fn problem(&self) -> Option<Delivery> {
        self.delivery.filter(|delivery| delivery.state.is_problem())
    }
}

/// The part of an id that sorts by when it was made.
fn made(id: &str) -> &str {
    id.rsplit('_').next().unwrap_or_default()
}

impl Command {
    /// Adds that a newer mail is on its way, of which nothing is known.
    pub(crate) fn mailing_account(self, user: UserId, mail: MailId) -> Result<Self, StoreError> {
        let row = AccountMail { source: mail.to_string(), delivery: None, version: 0 };
        let put = Action::put(to_row(&keys::account_mail(user), Kind::AccountMail, &row)?);
        Ok(self.and(put, Conflict::Stale))
    }
}

impl PlatformStore<'_> {
    /// The write that shows with an account what became of its newest mail, which `source` names; none where that says nothing
    /// new.
    pub(crate) async fn telling_account(
        &self,
        user: UserId,
        source: String,
        delivery: &Delivery,
    ) -> Result<Option<Action>, StoreError> {
        let key = keys::account_mail(user);
        let known: Option<AccountMail> = self.store.get(&key).await?;
        // Ids begin with the time at which they were made.
        let newer = known.as_ref().is_some_and(|known| made(&known.source) > made(&source));
        let known_of_it = known.as_ref().filter(|known| known.source == source);
        if newer || !delivery.outranks(known_of_it.and_then(|known| known.delivery.as_ref())) {
            return Ok(None);
        }
        let version = known.as_ref().map_or(0, |known| known.version + 1);
        let row = AccountMail { source, delivery: Some(*delivery), version };
        let put = Action::put(to_row(&key, Kind::AccountMail, &row)?);
        Ok(Some(match known {
            Some(known) => put.if_version(known.version),
            None => put.if_new(),
        }))
    }

    /// Shows with an account that its newest mail was not sent, because the address gets none.
    pub async fn tell_account_suppressed(
        &self,
        user: UserId,
        mail: MailId,
        delivery: &Delivery,
    ) -> Result<(), StoreError> {
        match self.telling_account(user, mail.to_string(), delivery).await? {
            Some(told) => Command::new().and(told, Conflict::Stale).commit(self.store).await,
            None => Ok(()),
        }
    }

    /// Records what became of the mail that `job` sent to `email` about the account of `user`. False when it says nothing new;
    /// [`Conflict::Stale`] when something else became known meanwhile.
    pub async fn record_account_delivery(
        &self,
        (job, user, email): (JobId, UserId, &Email),
        delivery: &Delivery,
        world: &World,
    ) -> Result<bool, StoreError> {
        let Some(told) = self.telling_account(user, job.to_string(), delivery).await? else {
            return Ok(false);
        };
        let mut command = Command::new().and(told, Conflict::Stale);
        let address = self.store.sealer().address_key(email);
        if let Some(suppression) = Suppression::after(delivery, None, Some(job)) {
            command = command.suppressing(&address, &suppression)?;
        }
        if delivery.state.is_problem() {
            let (actor, values) =
                (Actor::System(SystemTask::EmailEvents), json!({ "state": delivery.state }));
            let record =
                AuditRecord::by(&actor, "mail.delivery", job.to_string(), (json!(null), values), world)
                    .failed();
            command = command.recording(&keys::address_audit(&address, record.at, record.id), &record)?;
        }
        command.commit(self.store).await?;
        Ok(true)
    }
}
