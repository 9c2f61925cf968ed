//! The mailbox providers of tenants, opened with their settings and secrets.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use vestibule_adapters::{
    aws::SdkConfig,
    mailbox::{Application, MailboxError, Mailboxes, Scopes, Vendors, WorkMail},
    secrets::{Secrets, SecretsError},
};
use vestibule_domain::{MailboxProvider, MailboxSettings, Tenant};

use crate::{SettingError, Settings, state::StartError};

/// The code of a tenant that has not said where its mailboxes are made.
pub const NO_PROVIDER: &str = "mailbox_provider_missing";

/// Opens providers. Clones share connections, secrets and tokens.
#[derive(Debug, Clone)]
pub struct Providers {
    work_mail: SdkConfig,
    vendors: Vendors,
    secrets: Arc<Secrets>,
}

impl Providers {
    /// The providers as the settings have them; the local stack gives the address of its models of vendors.
    ///
    /// # Errors
    /// A setting is missing or wrong.
    pub fn open(settings: &Settings) -> Result<Self, StartError> {
        const BASE: &str = "VENDOR_ENDPOINT_URL";
        let vendors = Vendors::new(settings.find(BASE));
        let vendors = vendors.map_err(|error| SettingError::new(BASE, error.to_string()))?;
        Ok(Self { work_mail: settings.aws("WORKMAIL")?, vendors, secrets: settings.secrets()? })
    }

    /// The provider of this kind with the tenant's settings for it, at `now`.
    ///
    /// # Errors
    /// The tenant has no such settings, or the provider gives no access with them.
    pub async fn of(
        &self,
        tenant: &Tenant,
        provider: MailboxProvider,
        now: Timestamp,
    ) -> Result<Mailboxes, MailboxError> {
        self.allowing(tenant, provider, (Scopes::Usual, now)).await
    }

    /// The same, where a person leaves: with what it takes to end sessions.
    ///
    /// # Errors
    /// As [`Providers::of`]; also where that is not allowed.
    pub async fn for_leaving(
        &self,
        tenant: &Tenant,
        provider: MailboxProvider,
        now: Timestamp,
    ) -> Result<Mailboxes, MailboxError> {
        self.allowing(tenant, provider, (Scopes::Leaving, now)).await
    }

    async fn allowing(
        &self,
        tenant: &Tenant,
        provider: MailboxProvider,
        (scopes, now): (Scopes, Timestamp),
    ) -> Result<Mailboxes, MailboxError> {
        let settings = tenant.mailboxes_at(provider).ok_or(MailboxError::Permanent { code: NO_PROVIDER })?;
        if let MailboxSettings::WorkMail { organization } = settings {
            return Ok(Mailboxes::WorkMail(WorkMail::new(&self.work_mail, organization.clone())));
        }
        let name = tenant.mailbox_secret_name(provider);
        let known = self.secrets.get(&name, now).await.map_err(unreadable)?;
        let refused = match self.opened(settings, &known, (scopes, now)).await {
            Err(refused @ MailboxError::Permanent { .. }) => refused,
            done => return done,
        };
        // The secret may have been replaced within the minutes for which it is remembered.
        let newest = self.secrets.read(&name, now).await.map_err(unreadable)?;
        if newest.expose_secret() == known.expose_secret() {
            return Err(refused);
        }
        self.opened(settings, &newest, (scopes, now)).await
    }

    /// The provider with these settings and this secret, whether or not they are kept anywhere.
    ///
    /// # Errors
    /// The provider gives no access with them.
    pub async fn with(
        &self,
        settings: &MailboxSettings,
        secret: &SecretString,
        now: Timestamp,
    ) -> Result<Mailboxes, MailboxError> {
        self.opened(settings, secret, (Scopes::Usual, now)).await
    }

    async fn opened(
        &self,
        settings: &MailboxSettings,
        secret: &SecretString,
        (scopes, now): (Scopes, Timestamp),
    ) -> Result<Mailboxes, MailboxError> {
        match settings {
            MailboxSettings::WorkMail { organization } => {
                Ok(Mailboxes::WorkMail(WorkMail::new(&self.work_mail, organization.clone())))
            }
            MailboxSettings::Google { admin } => {
                Ok(Mailboxes::Google(self.vendors.google(admin.as_str(), secret, scopes, now).await?))
            }
            MailboxSettings::Microsoft { directory, client, licence, country } => {
                let application = Application { directory, client, licence, country };
                Ok(Mailboxes::Microsoft(self.vendors.microsoft(application, secret, now).await?))
            }
        }
    }
}

fn unreadable(error: SecretsError) -> MailboxError {
    match error {
        SecretsError::NotFound => MailboxError::Permanent { code: "mailbox_credentials_missing" },
        SecretsError::Unavailable => MailboxError::Retry { code: "secrets_unavailable", after: None },
    }
}
