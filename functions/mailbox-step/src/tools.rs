//! What the steps work with.

use aws_types::SdkConfig;
use vestibule_adapters::{
    mail::{Mailer, templates::Templates},
    mailbox::{Mailboxes, WorkMail},
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
    pub(crate) work_mail: SdkConfig,
}

impl Tools {
    /// The provider that the tenant's mailboxes live at; `None` where it is not set yet.
    pub fn mailboxes(&self, tenant: &Tenant) -> Option<Mailboxes> {
        let MailboxSettings::WorkMail { organization } = tenant.mailboxes.as_ref()?;
        Some(Mailboxes::WorkMail(WorkMail::new(&self.work_mail, organization.clone())))
    }
}
