//! What the steps work with.

use vestibule_adapters::mail::{Mailer, templates::Templates};
use vestibule_api::mailboxes::Providers;
use vestibule_domain::World;
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
    pub(crate) providers: Providers,
    /// The origin of the deployment's pages.
    pub site: String,
}
