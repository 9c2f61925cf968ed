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

use serde_json::{Value, json};
use vestibule_adapters::mail::{Mailer, templates::Templates};
use vestibule_api::{
    FunctionError, Settings,
    state::{StartError, mailer, open_store},
};
use vestibule_domain::World;
use vestibule_store::{Cost, Store, metered};

pub use site::Site;

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

impl Outbox {
    /// Opens the table and the clients that the settings name.
    pub async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
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
}

/// Sends the mails among the stream's records, in their order. Answers with the sequence number
/// of the first that must be tried again and leaves those behind it alone: what makes one wait
/// makes them wait too, and the stream delivers from there again.
pub async fn handle(outbox: &Outbox, event: Value) -> Result<Value, FunctionError> {
    let requests = stream::read(event)
        .map_err(|error| FunctionError { name: "Malformed".into(), message: error.to_string() })?;
    // Boxed: the nested futures of a mail are deeper than the compiler likes to lay out.
    let (waiting, cost) = metered(Box::pin(async {
        for (sequence, mail) in &requests {
            if outbox.process(*mail).await.is_err() {
                return Some(sequence);
            }
        }
        None
    }))
    .await;
    let Cost { round_trips, read_units, write_units, .. } = cost;
    let (mails, again) = (requests.len(), waiting.is_some());
    tracing::info!(mails, again, round_trips, read_units, write_units, "outbox_mail");
    let failures: Vec<_> = waiting.iter().map(|sequence| json!({ "itemIdentifier": sequence })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}
