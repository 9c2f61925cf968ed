//! Why a machine was not loaded.

/// A machine that was refused, with the place in its file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {}{}: {reason}", if state.is_empty() { String::new() } else { format!("state {state}, ") }, field)]
pub struct Refused {
    /// File, as given to `parse`.
    pub file: String,
    /// State, empty for the machine itself.
    pub state: String,
    /// Field within the state or the machine.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}
