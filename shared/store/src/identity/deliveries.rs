//! What became of mails, as the mail service reports it: of a mail about an account in its own row, of one with a password
//! in its hire. A report that says nothing new changes nothing; one that does is one transaction with what follows from it.

use jiff::Timestamp;
use serde_json::json;
use vestibule_auth::{Actor, SystemTask};
use vestibule_domain::{
    Delivery, DeliveryState, Hire, IdentityMailKind as Kind, InvitationId, JobId, MailId, TenantId, World,
};

use super::suppressions::Suppression;
use crate::{
    AuditRecord, ClaimedMail, Conflict, Invitation, PlatformStore, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{number, text},
    engine::keys,
};

impl PlatformStore<'_> {
    /// A mail about an account, read with strong consistency.
    pub async fn find_mail(&self, id: MailId) -> Result<Option<ClaimedMail>, StoreError> {
        self.store.get(&keys::mail(id)).await
    }

    /// Records what became of `mail`, which the mail service knows as `message`. [`Conflict::Stale`] when the row knows
    /// something else by now, or stands for another message.
    pub async fn record_delivery(
        &self,
        mail: &ClaimedMail,
        message: &str,
        delivery: &Delivery,
        world: &World,
    ) -> Result<(), StoreError> {
        let (id, address) = (mail.request.id, self.store.sealer().address_key(&mail.request.email));
        let mut command = Command::new().and(moving(mail, message, delivery), Conflict::Stale);
        if let Some(suppression) = Suppression::after(delivery, Some(id), None) {
            command = command.suppressing(&address, &suppression)?;
        }
        if delivery.state.is_problem() {
            let actor = Actor::System(SystemTask::EmailEvents);
            let values = (json!({ "state": known(mail.delivery) }), json!({ "state": delivery.state }));
            let record = AuditRecord::by(&actor, "mail.delivery", id.to_string(), values, world).failed();
            command = command.recording(&keys::address_audit(&address, record.at, record.id), &record)?;
        }
        command = self.touching(command, (id, &mail.request.mail), delivery).await?;
        command.commit(self.store).await
    }
}

impl TenantStore<'_> {
    /// Records what became of the mail with a password that `job` sent. `hire` is as it was read, with
    /// [`Hire::take_delivery`] done; `before` is what it knew of its mail. [`Conflict::Stale`] when the hire changed.
    pub async fn record_credentials_delivery(
        &self,
        hire: &mut Hire,
        (job, before): (JobId, Option<Delivery>),
        delivery: &Delivery,
        world: &World,
    ) -> Result<(), StoreError> {
        let address = self.store.sealer().address_key(&hire.personal_email);
        self.replace(hire, |mut command, hire| {
            if let Some(suppression) = Suppression::after(delivery, None, Some(job)) {
                command = command.suppressing(&address, &suppression)?;
            }
            if !delivery.state.is_problem() {
                return Ok(command);
            }
            let values = (json!({ "state": known(before) }), json!({ "state": delivery.state, "job": job }));
            let record =
                AuditRecord::new(self.scope, "hire.mail", hire.id.to_string(), values, world).failed();
            command.audited(self.scope, &record)
        })
        .await
    }
}

fn known(delivery: Option<Delivery>) -> Option<DeliveryState> {
    delivery.map(|delivery| delivery.state)
}

/// Moves the row of a mail on from where it was read: what else is told of the mail was decided by that.
fn moving(mail: &ClaimedMail, message: &str, delivery: &Delivery) -> Action {
    let move_on = Action::update(&keys::mail(mail.request.id), "SET delivery = :delivery")
        .value(":delivery", written(delivery))
        .value(":message", text(message));
    match mail.delivery {
        None => move_on.when("message = :message AND attribute_not_exists(delivery)"),
        Some(before) => move_on
            .name("#state", "state")
            .value(":before", text(before.state.name()))
            .when("message = :message AND delivery.#state = :before"),
    }
}

fn written(delivery: &Delivery) -> aws_sdk_dynamodb::types::AttributeValue {
    let fields = [("state", delivery.state.name().to_owned()), ("at", delivery.at.to_string())];
    aws_sdk_dynamodb::types::AttributeValue::M(
        fields.map(|(name, value)| (name.to_owned(), text(value))).into(),
    )
}

impl PlatformStore<'_> {
    /// Adds what else is told of what became of a mail: an arm for each kind of mail behind which a thing of its own waits.
    async fn touching(
        &self,
        command: Command,
        (id, mail): (MailId, &Kind),
        delivery: &Delivery,
    ) -> Result<Command, StoreError> {
        match mail {
            Kind::Invitation { tenant, invitation, round } => {
                let told = self.telling_invitation((*tenant, *invitation, *round), delivery).await?;
                Ok(told.into_iter().fold(command, |command, told| command.and(told, Conflict::Stale)))
            }
            Kind::AccountInvitation { user } => {
                let told = self.telling_account(*user, id.to_string(), delivery).await?;
                Ok(told.into_iter().fold(command, |command, told| command.and(told, Conflict::Stale)))
            }
            Kind::Registration { .. }
            | Kind::MagicLink
            | Kind::ResetPassword
            | Kind::ConfirmEmail { .. }
            | Kind::EmailChanged { .. }
            | Kind::NewDevice { .. }
            | Kind::LockedOut { .. }
            | Kind::PasswordChanged { .. }
            | Kind::SignInChanged { .. }
            | Kind::MembershipChanged { .. }
            | Kind::Administrator { .. } => Ok(command),
        }
    }

    /// Writes on an invitation that its mail was not sent, because its address gets none.
    pub async fn tell_suppressed(
        &self,
        invitation: (TenantId, InvitationId, u32),
        suppression: &Suppression,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match self.telling_invitation(invitation, &suppression.tells(now)).await? {
            Some(told) => Command::new().and(told, Conflict::Stale).commit(self.store).await,
            None => Ok(()),
        }
    }

    /// The write that shows on an invitation what became of its last mail; none where that says nothing new.
    async fn telling_invitation(
        &self,
        (tenant, invitation, round): (TenantId, InvitationId, u32),
        delivery: &Delivery,
    ) -> Result<Option<Action>, StoreError> {
        let key = keys::entity(tenant, keys::INVITATIONS, invitation);
        let found: Option<Invitation> = self.store.get(&key).await?;
        let problem = delivery.state.is_problem().then_some(*delivery);
        let Some(found) = found.filter(|found| found.round == round && found.problem != problem) else {
            return Ok(None);
        };
        let null = aws_sdk_dynamodb::types::AttributeValue::Null(true);
        let tell = Action::update(&key, "SET problem = :problem, #version = #version + :one");
        let tell = tell.value(":problem", problem.as_ref().map_or(null, written)).value(":one", number(1));
        Ok(Some(tell.if_version(found.version)))
    }
}
