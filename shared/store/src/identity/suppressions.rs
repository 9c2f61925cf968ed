//! Addresses that get no mails, because one came back for good or was called unwanted. The row lies with the address, which
//! stands in it as its blind index only; it goes when the address is proved anew, or when a person lifts it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_auth::Actor;
use vestibule_domain::{Delivery, DeliveryState, JobId, MailId, SuppressionReason, World};

use crate::{
    AddressKey, AuditRecord, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::to_row,
    engine::keys,
    engine::kinds::Kind,
};

/// Why an address gets no mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The reason.
    pub reason: SuppressionReason,
    /// Since when.
    pub since: Timestamp,
    /// The mail that it began with, if it was one about an account.
    pub mail: Option<MailId>,
    /// The job whose mail it began with, if it was one with a password.
    pub job: Option<JobId>,
}

impl Suppression {
    /// What follows from what became of a mail: of one about an account, or of a job's. `None` when nothing does.
    pub(crate) fn after(delivery: &Delivery, mail: Option<MailId>, job: Option<JobId>) -> Option<Self> {
        let reason = delivery.state.suppresses()?;
        Some(Self { reason, since: delivery.at, mail, job })
    }
}

impl Suppression {
    /// What becomes of a mail that would be sent `now`.
    #[must_use]
    pub fn tells(&self, now: Timestamp) -> Delivery {
        let state = match self.reason {
            SuppressionReason::Bounced => DeliveryState::Bounced,
            SuppressionReason::Complained => DeliveryState::Complained,
        };
        Delivery { state, at: now }
    }
}

impl Command {
    /// Sends nothing more to an address.
    pub(crate) fn suppressing(
        self,
        address: &AddressKey,
        suppression: &Suppression,
    ) -> Result<Self, StoreError> {
        let row = to_row(&keys::suppression(address), Kind::Suppression, suppression)?;
        Ok(self.and(Action::put(row), Conflict::Stale))
    }

    /// The address was proved: mails reach it.
    pub(crate) fn proved(self, address: &AddressKey) -> Self {
        self.and(Action::delete(&keys::suppression(address)), Conflict::Stale)
    }
}

impl PlatformStore<'_> {
    /// Why an address gets no mails, if it gets none; read with strong consistency.
    pub async fn find_suppression(&self, address: &AddressKey) -> Result<Option<Suppression>, StoreError> {
        self.store.get(&keys::suppression(address)).await
    }

    /// Lets mails go to an address again; false when they did.
    pub async fn lift_suppression(
        &self,
        address: &AddressKey,
        actor: &Actor,
        world: &World,
    ) -> Result<bool, StoreError> {
        let Some(suppression) = self.find_suppression(address).await? else { return Ok(false) };
        let values = (json!({ "reason": suppression.reason }), json!(null));
        let record = AuditRecord::by(actor, "suppression.lift", address.to_string(), values, world);
        let gone = Action::delete(&keys::suppression(address)).when("attribute_exists(PK)");
        let command = Command::new().and(gone, Conflict::Stale);
        let command = command.recording(&keys::address_audit(address, record.at, record.id), &record)?;
        match command.commit(self.store).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
