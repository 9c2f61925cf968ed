//! From the table's stream to everybody who wants to know what was written. Consumers are told side by side: one that
//! fails or is slow holds up no other. What it could not take is recorded as owed, and made up for by a schedule.

mod batch;
mod bus;
mod change;
mod consumer;
mod sweep;

use serde_json::{Value, json};
use vestibule_adapters::bus::Bus;
use vestibule_api::{FunctionError, Settings, state::StartError};
use vestibule_domain::World;
use vestibule_store::{Sealer, Store};

pub use bus::EventBus;
pub use change::Change;
pub use consumer::Consumer;

/// What the function works with.
#[derive(Debug)]
pub struct Dispatcher {
    /// The table, of which it touches only what is owed.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// Who is told. A further consumer joins here, and with the rows it wants in the template's filter.
    pub consumers: Vec<Box<dyn Consumer>>,
}

impl Dispatcher {
    /// Opens the table and the bus that the settings name.
    pub fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let sealer = Sealer::without_keys(world.clone()).map_err(|e| StartError::outside("a key", e))?;
        let store = Store::new(&settings.aws("DYNAMODB")?, settings.get("TABLE_NAME")?, sealer);
        let bus = Bus::new(&settings.aws("EVENTBRIDGE")?, settings.get("EVENT_BUS")?);
        Ok(Self { store, world, consumers: vec![Box::new(EventBus { bus })] })
    }
}

/// Handles a batch of the stream, or the schedule that makes up for what is owed. A batch is answered with the number of
/// the first change that was neither taken nor recorded as owed; the stream delivers from there again.
pub async fn handle(dispatcher: &Dispatcher, event: Value) -> Result<Value, FunctionError> {
    if event.get("Records").is_none() {
        return Box::pin(sweep::make_up(dispatcher)).await;
    }
    let changes = change::read(event)?;
    // Boxed: the nested futures are deeper than the compiler likes to lay out.
    let first = Box::pin(batch::tell_all(dispatcher, &changes)).await;
    let failures: Vec<_> = first.iter().map(|number| json!({ "itemIdentifier": number })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}
