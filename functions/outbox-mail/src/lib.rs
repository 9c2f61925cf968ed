//! From the table's stream to people's inboxes: each mail that a command recorded is claimed,
//! decided on, given its link, sent, and settled. Who has an account is looked up only here, so
//! that whoever asks learns nothing from the answer or from how long it takes.

mod compose;
mod decide;
mod look_up;
mod mint;
mod send;
mod site;
mod stream;
mod trouble;

use serde_json::Value;
use vestibule_adapters::mail::{Mailer, templates::Templates};
use vestibule_api::{
    EventFunction, FunctionError, Settings,
    state::{StartError, mailer, open_store},
    stream::{Batch, answer},
};
use vestibule_domain::World;
use vestibule_store::Store;

pub use site::Site;
use stream::new_mail;

/// What the function works with.
#[derive(Debug)]
pub struct Outbox {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// Sends mail.
    pub mailer: Mailer,
    /// The mails' texts.
    pub templates: Templates,
    /// Where links lead.
    pub site: Site,
    /// What the mails call this deployment, at most 80 characters.
    pub product: String,
}

impl EventFunction for Outbox {
    type Event = Batch;

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let (site, product) = (Site::new(settings.site()?), settings.product()?);
        let mailer = mailer(settings, &settings.aws("SESV2")?)?;
        Ok(Self {
            store: open_store(settings, &world).await?,
            world,
            mailer,
            templates: Templates::new().map_err(|e| StartError::outside("mail templates", e))?,
            site,
            product: product.to_owned(),
        })
    }

    /// Sends the mails among the changes, in their order. The first that must be tried again, and those behind it, are left:
    /// what makes one wait makes them wait too.
    async fn handle(&self, batch: Batch) -> Result<Value, FunctionError> {
        let changes = batch.changes.ok_or_else(|| FunctionError {
            name: Self::MALFORMED.to_owned(),
            message: "this is no event of the stream".to_owned(),
        })?;
        for change in &changes {
            let Some(mail) = new_mail(change) else { continue };
            if self.process(mail).await.is_err() {
                return Ok(answer(Some(&change.sequence)));
            }
        }
        Ok(answer(None))
    }
}
