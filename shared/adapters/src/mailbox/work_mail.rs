//! Amazon `WorkMail`: users of one organization.
//!
//! `WorkMail` has no idempotency token and no place for a foreign id, so a user is created under an ownership
//! mark as its display name and gets the real name when the mailbox is enabled. The service ends on 31 March
//! 2027 (<https://docs.aws.amazon.com/workmail/latest/adminguide/workmail-end-of-support.html>).

use aws_sdk_workmail::Client;
use aws_sdk_workmail::config::Builder;
use aws_sdk_workmail::operation::describe_user::DescribeUserOutput;
use aws_sdk_workmail::types::EntityState;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use secrecy::{ExposeSecret, SecretString};

use super::errors::{Refusal, refusal};
use super::{MailboxError, MailboxState, NewUser, ProviderId};

/// One `WorkMail` organization.
#[derive(Debug, Clone)]
pub struct WorkMail {
    pub(super) client: Client,
    pub(super) organization: String,
}

impl WorkMail {
    /// A client for `organization` (`m-` and 32 hexadecimal digits).
    pub fn new(config: &SdkConfig, organization: impl Into<String>) -> Self {
        // A silent second attempt would meet the effect of the first and report it as somebody else's.
        let config = Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), organization: organization.into() }
    }

    pub(super) async fn create_user(&self, user: &NewUser<'_>) -> Result<ProviderId, MailboxError> {
        let call = self
            .client
            .create_user()
            .organization_id(&self.organization)
            .name(user.local_part)
            .display_name(shown(user.marker))
            .first_name(user.given_name)
            .last_name(user.family_name);
        match call.send().await {
            Ok(answer) => identified(answer.user_id()),
            Err(error) => match refusal(&error) {
                Refusal::NameTaken => self.adopt(user).await,
                other => Err(other.into()),
            },
        }
    }

    async fn adopt(&self, user: &NewUser<'_>) -> Result<ProviderId, MailboxError> {
        if let Some(holder) = self.holder_of_name(user.local_part).await? {
            return holder.ours(&shown(user.marker)).ok_or(MailboxError::Foreign);
        }
        // Held, yet no user shows it: a group or resource, or our own user that the list does not show yet.
        // Taking it for somebody else's in the second case would leave an orphan behind.
        match self.holder_of_address(user.address).await? {
            Some(_) => Err(MailboxError::Foreign),
            None => Err(MailboxError::NotYet { code: "name_holder_unseen" }),
        }
    }

    pub(super) async fn enable(
        &self,
        id: &ProviderId,
        address: &str,
        display_name: &str,
    ) -> Result<(), MailboxError> {
        self.register(id, address).await?;
        self.client
            .update_user()
            .organization_id(&self.organization)
            .user_id(id.as_str())
            .display_name(display_name)
            .send()
            .await
            .map_err(|error| MailboxError::from(refusal(&error)))?;
        // Registering answers with an empty body, and does nothing for a user enabled under another address.
        confirm(self.describe(id).await?, address)
    }

    async fn register(&self, id: &ProviderId, address: &str) -> Result<(), MailboxError> {
        let call = self
            .client
            .register_to_work_mail()
            .organization_id(&self.organization)
            .entity_id(id.as_str())
            .email(address);
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => match refusal(&error) {
                Refusal::AlreadyRegistered => confirm(self.describe(id).await?, address),
                Refusal::AddressTaken => match self.holder_of_address(address).await? {
                    Some(holder) if holder == *id => Ok(()),
                    Some(_) => Err(MailboxError::Foreign),
                    None => Err(MailboxError::Retry { code: "address_holder_unseen", after: None }),
                },
                other => Err(other.into()),
            },
        }
    }

    pub(super) async fn set_password(
        &self,
        id: &ProviderId,
        password: &SecretString,
    ) -> Result<(), MailboxError> {
        self.client
            .reset_password()
            .organization_id(&self.organization)
            .user_id(id.as_str())
            .password(password.expose_secret())
            .send()
            .await
            .map(drop)
            .map_err(|error| refusal(&error).into())
    }

    pub(super) async fn disable(&self, id: &ProviderId) -> Result<(), MailboxError> {
        let call = self
            .client
            .deregister_from_work_mail()
            .organization_id(&self.organization)
            .entity_id(id.as_str());
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => match refusal(&error) {
                Refusal::Absent => Ok(()),
                Refusal::WrongState => match self.describe(id).await? {
                    Some(state) if state.enabled => Err(Refusal::WrongState.into()),
                    _ => Ok(()),
                },
                other => Err(other.into()),
            },
        }
    }

    pub(super) async fn delete(&self, id: &ProviderId) -> Result<(), MailboxError> {
        let call = self.client.delete_user().organization_id(&self.organization).user_id(id.as_str());
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => match refusal(&error) {
                Refusal::Absent => Ok(()),
                Refusal::WrongState if self.describe(id).await?.is_none() => Ok(()),
                other => Err(other.into()),
            },
        }
    }

    pub(super) async fn describe(&self, id: &ProviderId) -> Result<Option<MailboxState>, MailboxError> {
        let call = self.client.describe_user().organization_id(&self.organization).user_id(id.as_str());
        match call.send().await {
            Ok(answer) => state_of(&answer),
            Err(error) => match refusal(&error) {
                Refusal::Absent => Ok(None),
                other => Err(other.into()),
            },
        }
    }
}

/// The mark as the directory shows it.
pub(super) fn shown(marker: &str) -> String {
    if marker.is_empty() { String::new() } else { format!("pending {marker}") }
}

fn identified(id: Option<&str>) -> Result<ProviderId, MailboxError> {
    id.filter(|id| !id.is_empty())
        .map(ProviderId::new)
        .ok_or(MailboxError::Unknown { code: "answer_unreadable" })
}

fn state_of(answer: &DescribeUserOutput) -> Result<Option<MailboxState>, MailboxError> {
    let id = identified(answer.user_id())?;
    let enabled = match answer.state() {
        Some(EntityState::Deleted) => return Ok(None),
        Some(EntityState::Enabled) => true,
        Some(EntityState::Disabled) => false,
        _ => {
            return Err(MailboxError::Unknown { code: "answer_unreadable" });
        }
    };
    Ok(Some(MailboxState {
        id,
        enabled,
        address: answer.email().map(str::to_owned),
        display_name: answer.display_name().map(str::to_owned),
    }))
}

fn confirm(state: Option<MailboxState>, address: &str) -> Result<(), MailboxError> {
    let Some(state) = state else {
        return Err(Refusal::Absent.into());
    };
    match state.address {
        Some(held) if state.enabled && held.eq_ignore_ascii_case(address) => Ok(()),
        Some(_) if state.enabled => Err(MailboxError::Permanent { code: "registered_elsewhere" }),
        _ => Err(MailboxError::Unknown { code: "enable_unconfirmed" }),
    }
}

#[cfg(test)]
mod tests;
