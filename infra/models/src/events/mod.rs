//! Amazon `EventBridge`: named buses, rules with event patterns, and the deliveries they make.
//!
//! A delivery is stored with the event that caused it and stays until its owner acknowledges it, so a killed process loses none.

mod bus;
mod pattern;
mod put_events;

pub use bus::{Delivery, EventBus, Rule, Sink};
pub use pattern::{PatternError, RecordFilter};
