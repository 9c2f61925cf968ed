//! Setting the password: it is judged, the link is taken, the provider is asked, and the link is used up or given back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use vestibule_adapters::mailbox::{Change, MailboxError, ProviderId, check_password};
use vestibule_api::{ApiError, Fields, Origin, limiting::admit_source};
use vestibule_auth::Password;
use vestibule_domain::{Invalid, MailboxProvider, PasswordLinkState};
use vestibule_store::{FoundPasswordLink, PasswordOutcome};

use crate::{
    MailboxPassword,
    refusal::{Refused, in_use, outcome_of, unknown},
};

/// How long one request may hold the link: longer than the function may run, so that one whose lease has ended is known to be over.
const LEASE: SignedDuration = SignedDuration::from_secs(20);
/// How long the provider may take in all, with the token that its calls may need.
const PATIENCE: Duration = Duration::from_secs(9);

/// A mailbox at its provider.
struct Mailbox {
    provider: MailboxProvider,
    id: ProviderId,
}

/// Sets the password of the mailbox that was found.
pub(crate) async fn set(
    state: &MailboxPassword,
    found: &mut FoundPasswordLink,
    password: &SecretString,
    origin: &Origin,
) -> Result<(), Refused> {
    let link = format!("mailbox-link@{}", found.hire.id);
    admit_source((&state.store, &state.world), &state.limits, &link).await.map_err(Refused::Again)?;
    let at = found.hire.mailbox_provider().zip(found.hire.mailbox.clone());
    // A link is made for mailboxes only, and they stay.
    let (provider, id) = at.ok_or_else(|| Refused::Over(ApiError::link()))?;
    judge(state, found, provider, password)?;
    let until = state.world.now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    take(state, found, until, origin).await?;
    let mailbox = Mailbox { provider, id: ProviderId::new(id) };
    let asked = tokio::time::timeout(PATIENCE, ask(state, found, &mailbox, password)).await;
    let refused = match asked.unwrap_or(Err(MailboxError::Unknown { code: "timed_out" })) {
        Ok(()) => None,
        Err(MailboxError::Unknown { code }) => {
            // Perhaps it is set. The link comes back by itself when the lease ends: setting it again does no harm.
            tracing::warn!(hire = %found.hire.id, code, "the provider's answer was lost");
            return Err(unknown());
        }
        Err(error) => Some(error),
    };
    let (outcome, refusal) = outcome_of(refused.as_ref());
    if let PasswordOutcome::Refused(code) | PasswordOutcome::Unmendable(code) = outcome {
        tracing::warn!(hire = %found.hire.id, code, "the provider set no password");
    }
    settle(state, found, (until, outcome), origin).await?;
    refusal.map_or(Ok(()), Err)
}

/// Writes down what the provider did.
async fn settle(
    state: &MailboxPassword,
    found: &mut FoundPasswordLink,
    outcome: (Timestamp, PasswordOutcome),
    origin: &Origin,
) -> Result<(), Refused> {
    let (platform, actor) = (state.store.platform(), origin.stranger());
    match platform.settle_password_link(found, outcome, &actor, &state.world).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            tracing::warn!(hire = %found.hire.id, "the link was replaced while a password was set by it");
            Ok(())
        }
        Err(error) => {
            tracing::error!(%error, hire = %found.hire.id, "what became of a password was not written");
            Err(unknown())
        }
    }
}

/// What is wrong with the password, by our own policy first and then by what the provider takes.
fn judge(
    state: &MailboxPassword,
    found: &FoundPasswordLink,
    provider: MailboxProvider,
    sent: &SecretString,
) -> Result<(), Refused> {
    let FoundPasswordLink { tenant, hire, .. } = found;
    let (name, address) = (hire.name.display(), hire.address.as_ref().map(ToString::to_string));
    let address = address.as_deref().unwrap_or_default();
    let local = address.split('@').next().unwrap_or_default();
    let context = [&tenant.name, &*name, local, address, hire.personal_email.local()];
    let checked = || -> Result<(), Invalid> {
        state.policy.check(&Password::parse(sent)?, &context)?;
        check_password(provider, sent)
    };
    let mut fields = Fields::default();
    fields.take("password", checked()).ok_or_else(|| Refused::Again(fields.into_error()))
}

/// Writes down that the provider is going to be asked.
async fn take(
    state: &MailboxPassword,
    found: &mut FoundPasswordLink,
    until: Timestamp,
    origin: &Origin,
) -> Result<(), Refused> {
    let taken =
        state.store.platform().take_password_link(found, until, &origin.stranger(), &state.world).await;
    match taken.map_err(|error| Refused::Again(error.into()))? {
        PasswordLinkState::Open => Ok(()),
        PasswordLinkState::Taken => Err(in_use()),
        PasswordLinkState::Used | PasswordLinkState::Expired => Err(Refused::Over(ApiError::link())),
    }
}

async fn ask(
    state: &MailboxPassword,
    found: &FoundPasswordLink,
    mailbox: &Mailbox,
    password: &SecretString,
) -> Result<(), MailboxError> {
    let now = state.world.now();
    let mailboxes = state.providers.of(&found.tenant, mailbox.provider, now).await?;
    mailboxes.set_password(&mailbox.id, password, Change::Never).await
}
