//! What the steps work with.

use aws_types::SdkConfig;
use vestibule_adapters::{
    mail::{Mailer, templates::Templates},
    mailbox::{Mailboxes, WorkMail},
};
use vestibule_api::{
    Settings,
    state::{StartError, mailer, open_store},
};
use vestibule_domain::{MailboxSettings, Tenant, World};
use vestibule_store::Store;

/// The table, the clients of the outside systems, the mail templates.
#[derive(Debug)]
pub struct Tools {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// Sends mail.
    pub mailer: Mailer,
    /// The mails' texts.
    pub templates: Templates,
    work_mail: SdkConfig,
}

impl Tools {
    /// Opens the clients that the settings name.
    pub async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let config = settings.aws("SESV2")?;
        let mailer = mailer(settings, &config)?;
        Ok(Self {
            store: open_store(settings, &world).await?,
            world,
            mailer,
            templates: Templates::new().map_err(|e| StartError::outside("mail templates", e))?,
            work_mail: settings.aws("WORKMAIL")?,
        })
    }

    /// The provider that the tenant's mailboxes live at; `None` where it is not set yet.
    pub fn mailboxes(&self, tenant: &Tenant) -> Option<Mailboxes> {
        let MailboxSettings::WorkMail { organization } = tenant.mailboxes.as_ref()?;
        Some(Mailboxes::WorkMail(WorkMail::new(&self.work_mail, organization.clone())))
    }
}
