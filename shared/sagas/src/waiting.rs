//! Waiting for a provider that has not caught up, as sagas keep it in their state.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A wait for a provider to catch up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// A code and the address at hand.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
}

/// The state of a saga that waits so.
pub trait Waits: Default + Serialize + DeserializeOwned {
    /// For what the step at hand waits, and since when.
    fn waiting(&mut self) -> &mut Option<Waiting>;

    /// Since when it has been waiting for this; from now on, if it was not before.
    fn waiting_since(&mut self, what: &str, now: Timestamp) -> Timestamp {
        let waiting = self.waiting();
        let same = waiting.take().filter(|waiting| waiting.what == what);
        let same = same.unwrap_or_else(|| Waiting { what: what.to_owned(), since: now });
        waiting.insert(same).since
    }
}
