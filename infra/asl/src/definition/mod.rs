//! Loading a state machine: parsed once, closed against everything it does not know.

mod fields;
mod parse;
mod parse_state;
mod parse_task;
mod refused;
mod state;
mod strict;
mod substitute;

pub use refused::Refused;
pub(crate) use state::{
    Backoff, Io, Kind, Resource, Selection, State, Task, TaskTimeout, Text, WaitFor, covers,
};
pub use substitute::substitute;

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

/// A loaded state machine.
#[derive(Clone, Debug)]
pub struct Definition {
    source: Value,
    start_at: String,
    timeout: Option<Duration>,
    states: BTreeMap<String, State>,
}

impl Definition {
    /// Loads a machine from its JSON, with all substitutions made. `file` is named in refusals only.
    ///
    /// # Errors
    /// Refuses what is not JSON, and any field, state type, resource, operator, path or error name that the crate does
    /// not carry out, and every `Next` without its state.
    pub fn parse(file: &str, json: &str) -> Result<Self, Refused> {
        parse::definition(file, json)
    }

    /// The machine as it was loaded, for `DescribeStateMachine` and for resuming with the same definition.
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// Name of the first state.
    pub fn start_at(&self) -> &str {
        &self.start_at
    }

    /// How long an execution may run, if limited.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Names and types (`Task`, `Choice`, ..) of all states.
    pub fn states(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.states.iter().map(|(name, state)| (name.as_str(), state.kind.name()))
    }

    pub(crate) fn state(&self, name: &str) -> Option<&State> {
        self.states.get(name)
    }
}
