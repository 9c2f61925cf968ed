//! From the table's stream to everybody who wants to know what was written. Consumers are told side by side: one that
//! fails or is slow holds up no other. What it could not take is recorded as owed, and made up for by a schedule.

mod audit_chain;
mod batch;
mod bus;
mod consumer;
mod sweep;

use serde_json::Value;
use vestibule_adapters::bus::Bus;
use vestibule_api::{
    EventFunction, FunctionError, Settings,
    state::StartError,
    stream::{Batch, answer},
};
use vestibule_domain::World;
use vestibule_store::{Sealer, Store};

pub use audit_chain::AuditChain;
pub use bus::EventBus;
pub use consumer::Consumer;
pub use vestibule_api::stream::Change;

/// What the function works with.
#[derive(Debug)]
pub struct Dispatcher {
    /// The table, of which it touches what is owed, records of the audit log, and their chains.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// Who is told. A further consumer joins here, and with the rows it wants in the template's filter.
    pub consumers: Vec<Box<dyn Consumer>>,
}

impl EventFunction for Dispatcher {
    type Event = Batch;

    /// Opens the table and the bus that the settings name.
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let sealer = Sealer::without_keys(world.clone()).map_err(|e| StartError::outside("a key", e))?;
        let store = Store::new(&settings.aws("DYNAMODB")?, settings.get("TABLE_NAME")?, sealer);
        let bus = Bus::new(&settings.aws("EVENTBRIDGE")?, settings.get("EVENT_BUS")?);
        let chain = AuditChain { store: store.clone(), world: world.clone() };
        Ok(Self { store, world, consumers: vec![Box::new(EventBus { bus }), Box::new(chain)] })
    }

    /// Handles a batch of the stream, or the schedule that makes up for what is owed. A batch is answered with the number
    /// of the first change that was neither taken nor recorded as owed; the stream delivers from there again.
    async fn handle(&self, batch: Batch) -> Result<Value, FunctionError> {
        let Some(changes) = batch.changes else { return sweep::make_up(self).await };
        let lost = batch::tell_all(self, &changes).await;
        Ok(answer(lost.as_deref()))
    }
}
