//! Buses, rules and the deliveries that wait for their owner.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    pattern::{Pattern, PatternError},
    put_events::{self, PutEvents},
};
use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError, input},
    service::Service,
    storage::Storage,
};

pub(super) const DELIVERIES: &str = "events.delivery";
pub(super) const SEQUENCE: &str = "events.sequence";
pub(super) const DEFAULT_BUS: &str = "default";

/// A rule: events on `bus` that match `pattern` go to `target_function`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The rule's name, unique on its bus together with its target.
    pub name: String,
    /// The bus's name.
    pub bus: String,
    /// The event pattern.
    pub pattern: Value,
    /// The function that gets the matched events.
    pub target_function: String,
}

/// An event on its way to a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The id to acknowledge; ids sort in the order of the events.
    pub id: String,
    /// The rule that matched.
    pub rule: String,
    /// The function to call.
    pub function: String,
    /// The whole `EventBridge` envelope.
    pub event: Value,
    /// When the event was put.
    pub at: Timestamp,
}

/// Gets each delivery once when it is made; those it does not acknowledge stay in `EventBus::pending`.
pub type Sink = Arc<dyn Fn(Delivery) + Send + Sync>;

pub(super) struct ActiveRule {
    pub(super) rule: Rule,
    pub(super) pattern: Pattern,
}

struct Wiring {
    buses: BTreeSet<String>,
    rules: Vec<ActiveRule>,
    sink: Option<Sink>,
}

/// The event buses of the account. Rules and buses are set at each start; deliveries are stored.
#[derive(Clone)]
pub struct EventBus {
    storage: Storage,
    options: Arc<CloudOptions>,
    wiring: Arc<RwLock<Wiring>>,
}

impl EventBus {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        let wiring =
            Wiring { buses: BTreeSet::from([DEFAULT_BUS.to_owned()]), rules: Vec::new(), sink: None };
        Self { storage, options, wiring: Arc::new(RwLock::new(wiring)) }
    }

    pub(crate) fn perform(&self, operation: &str, body: &[u8]) -> Result<Value, ServiceError> {
        match operation {
            "PutEvents" => self.put_events(&input(Service::Events, body)?),
            _ => Err(ServiceError::unknown_operation(operation)),
        }
    }

    fn put_events(&self, request: &PutEvents) -> Result<Value, ServiceError> {
        put_events::check(request)?;
        let outcome = {
            let wiring = self.read();
            put_events::route(request, &wiring.buses, &wiring.rules, &self.options)
        };
        self.send(outcome.deliveries)?;
        Ok(outcome.answer)
    }

    /// An event of AWS itself, by source and type, on the default bus: nobody else may put one with such a source.
    pub(crate) fn publish(
        &self,
        (source, detail_type): (&str, &str),
        resource: String,
        detail: Value,
    ) -> Result<(), CloudError> {
        let at = (self.options.clock)();
        let event = put_events::enveloped((source, detail_type), &[resource], (detail, at), &self.options);
        let deliveries = put_events::matching(DEFAULT_BUS, &event, &self.read().rules, at);
        self.send(deliveries)
    }

    fn send(&self, deliveries: Vec<Delivery>) -> Result<(), CloudError> {
        let deliveries = self.store(deliveries)?;
        let sink = self.read().sink.clone();
        if let Some(sink) = sink {
            for delivery in deliveries {
                sink(delivery);
            }
        }
        Ok(())
    }

    fn store(&self, mut deliveries: Vec<Delivery>) -> Result<Vec<Delivery>, CloudError> {
        self.storage.transact(|rows| {
            for delivery in &mut deliveries {
                delivery.id = format!("{:016}", rows.count(SEQUENCE, "next")?);
                rows.put(DELIVERIES, &delivery.id, delivery)?;
            }
            Ok(deliveries)
        })
    }

    /// Makes a bus; `default` is always there.
    pub fn add_bus(&self, name: &str) {
        self.write().buses.insert(name.to_owned());
    }

    /// Adds a rule, or replaces the one of the same bus, name and target.
    pub fn add_rule(&self, rule: Rule) -> Result<(), PatternError> {
        let pattern = Pattern::parse("$", &rule.pattern)?;
        let mut wiring = self.write();
        if !wiring.buses.contains(&rule.bus) {
            return Err(PatternError::Bus(rule.bus));
        }
        let is_same = |known: &Rule| {
            (&known.bus, &known.name, &known.target_function)
                == (&rule.bus, &rule.name, &rule.target_function)
        };
        wiring.rules.retain(|active| !is_same(&active.rule));
        wiring.rules.push(ActiveRule { rule, pattern });
        Ok(())
    }

    /// Sets who gets deliveries from now on. Those already waiting are in `pending`.
    pub fn on_match(&self, sink: Sink) {
        self.write().sink = Some(sink);
    }

    /// The deliveries not acknowledged yet, oldest first.
    pub fn pending(&self) -> Result<Vec<Delivery>, CloudError> {
        let deliveries = self.storage.transact(|rows| rows.list(DELIVERIES, ""))?;
        Ok(deliveries.into_iter().map(|(_, delivery)| delivery).collect())
    }

    /// Forgets a delivery; false when it was not waiting.
    pub fn ack(&self, id: &str) -> Result<bool, CloudError> {
        self.storage.transact(|rows| rows.remove(DELIVERIES, id))
    }

    fn read(&self) -> RwLockReadGuard<'_, Wiring> {
        self.wiring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Wiring> {
        self.wiring.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for EventBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBus").finish_non_exhaustive()
    }
}
