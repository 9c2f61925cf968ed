//! Leaving Amazon `WorkMail`. The successor gets the rights to the whole mailbox, which goes on receiving mail
//! (<https://docs.aws.amazon.com/workmail/latest/APIReference/API_PutMailboxPermissions.html>: "This replaces any pre-existing
//! permissions"). There is no switch that keeps somebody from signing in, and no call that ends sessions.

use aws_sdk_workmail::types::{Permission, PermissionType};

use super::errors::{Refusal, refusal};
use super::leaving::{HandOver, Standing};
use super::work_mail::WorkMail;
use super::{MailboxError, ProviderId};

/// Pages of 100 that are read of one mailbox's rights.
const MOST_PAGES: usize = 20;

impl WorkMail {
    pub(super) async fn standing(&self, id: &ProviderId) -> Result<Option<Standing>, MailboxError> {
        let Some(user) = self.describe(id).await? else { return Ok(None) };
        let address = user.address.filter(|_| user.enabled);
        // The mark was the display name until the mailbox was enabled.
        Ok(Some(Standing { address, blocked: None, marks: None }))
    }

    pub(super) async fn rights(
        &self,
        id: &ProviderId,
        other: &ProviderId,
    ) -> Result<Vec<String>, MailboxError> {
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let page = self
                .client
                .list_mailbox_permissions()
                .organization_id(&self.organization)
                .entity_id(id.as_str())
                .max_results(100)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| MailboxError::from(refusal(&error)))?;
            let found = page.permissions().iter().find(|held| held.grantee_id() == other.as_str());
            if let Some(found) = found {
                return Ok(words(found));
            }
            match page.next_token {
                Some(token) if !token.is_empty() => next = Some(token),
                _ => return Ok(Vec::new()),
            }
        }
        Err(MailboxError::Permanent { code: "directory_too_large" })
    }

    pub(super) async fn hand_over(&self, over: &HandOver<'_>) -> Result<(), MailboxError> {
        let full = PermissionType::FullAccess;
        if self.rights(over.leaver, over.to).await?.iter().any(|held| held == full.as_str()) {
            return Ok(());
        }
        let before = over.rights_before.iter().map(|held| PermissionType::from(held.as_str()));
        self.give(over, before.chain([full]).collect()).await.map_err(MailboxError::from)
    }

    pub(super) async fn take_back(&self, over: &HandOver<'_>) -> Result<(), MailboxError> {
        let before: Vec<_> =
            over.rights_before.iter().map(|held| PermissionType::from(held.as_str())).collect();
        let done = if before.is_empty() { self.take(over).await } else { self.give(over, before).await };
        match done {
            Ok(()) | Err(Refusal::Absent) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    async fn give(&self, over: &HandOver<'_>, rights: Vec<PermissionType>) -> Result<(), Refusal> {
        let call = self
            .client
            .put_mailbox_permissions()
            .organization_id(&self.organization)
            .entity_id(over.leaver.as_str())
            .grantee_id(over.to.as_str());
        call.set_permission_values(Some(rights)).send().await.map(drop).map_err(|error| refusal(&error))
    }

    async fn take(&self, over: &HandOver<'_>) -> Result<(), Refusal> {
        let call = self
            .client
            .delete_mailbox_permissions()
            .organization_id(&self.organization)
            .entity_id(over.leaver.as_str())
            .grantee_id(over.to.as_str());
        call.send().await.map(drop).map_err(|error| refusal(&error))
    }
}

fn words(permission: &Permission) -> Vec<String> {
    permission.permission_values().iter().map(|right| right.as_str().to_owned()).collect()
}
