//! What a `WorkMail` organization lets us do.

use aws_sdk_workmail::types::DnsRecordVerificationStatus;

use super::MailboxError;
use super::check::{Check, NO_DOMAIN};
use super::errors::refusal;
use super::work_mail::WorkMail;

impl WorkMail {
    pub(super) async fn check(&self, domain: Option<&str>) -> Vec<Check> {
        let access = self.organization_is_active().await;
        if let Err(error) = &access {
            return vec![Check::failed("access", error)];
        }
        let domain = match domain {
            Some(domain) => Check::of("domain", self.domain_is_verified(domain).await),
            None => Check::missing("domain", NO_DOMAIN),
        };
        vec![Check::ok("access"), domain, Check::of("users", self.users_are_seen().await)]
    }

    async fn organization_is_active(&self) -> Result<(), MailboxError> {
        let call = self.client.describe_organization().organization_id(&self.organization);
        let found = call.send().await.map_err(|error| MailboxError::from(refusal(&error)))?;
        match found.state() {
            Some(state) if state.eq_ignore_ascii_case("active") => Ok(()),
            _ => Err(MailboxError::Permanent { code: "organization_state" }),
        }
    }

    async fn domain_is_verified(&self, domain: &str) -> Result<(), MailboxError> {
        let call = self.client.get_mail_domain().organization_id(&self.organization).domain_name(domain);
        let found = call.send().await.map_err(|error| MailboxError::from(refusal(&error)))?;
        match found.ownership_verification_status() {
            Some(DnsRecordVerificationStatus::Verified) => Ok(()),
            _ => Err(MailboxError::Permanent { code: "mail_domain_unverified" }),
        }
    }

    async fn users_are_seen(&self) -> Result<(), MailboxError> {
        let call = self.client.list_users().organization_id(&self.organization).max_results(1);
        call.send().await.map(drop).map_err(|error| refusal(&error).into())
    }
}
