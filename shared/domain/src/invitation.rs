//! Where an invitation stands.

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It can be accepted.
    Pending,
    /// Its time is over; it can be sent again.
    Expired,
    /// The person joined by it.
    Accepted,
    /// The team took it back.
    Revoked,
    /// The person does not want it.
    Declined,
}

impl InvitationState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Expired, Self::Accepted, Self::Revoked, Self::Declined];

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Declined => "declined",
        }
    }

    /// Reads a state as a person wrote it.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|state| state.name() == text);
        found.ok_or_else(|| Invalid::new("Give `pending`, `expired`, `accepted`, `revoked` or `declined`."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_stored_as_they_are_named() {
        for state in InvitationState::ALL {
            assert_eq!(InvitationState::parse(state.name()), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
        assert!(InvitationState::parse("open").is_err());
    }
}
