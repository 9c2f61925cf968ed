//! The proof that a mail domain belongs to a tenant: a text record that only its owner can make.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Domain, World};

/// Bytes of randomness in the record.
const RANDOM: usize = 16;

/// A domain that a tenant wants, until its record is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainProof {
    /// The domain.
    pub domain: Domain,
    /// What the record says behind its name.
    pub token: String,
    /// Since when it is wanted.
    pub since: Timestamp,
    /// Counts its writes.
    pub version: u64,
}

impl DomainProof {
    /// A proof with a new token.
    pub fn new(domain: Domain, world: &World) -> Self {
        let mut random = [0; RANDOM];
        world.fill(&mut random);
        let mut token = String::new();
        for byte in random {
            let _ = write!(token, "{byte:02x}");
        }
        // It begins with the time: one that was proved and is wanted again is told apart.
        let version = u64::try_from(world.now().as_millisecond()).unwrap_or_default();
        Self { domain, token, since: world.now(), version }
    }

    /// The name of the text record.
    pub fn record_name(&self) -> String {
        format!("_vestibule.{}", self.domain.as_str())
    }

    /// What the text record must say.
    pub fn record_value(&self) -> String {
        format!("vestibule-domain={}", self.token)
    }

    /// Whether one of these records is it.
    pub fn is_in(&self, texts: &[String]) -> bool {
        texts.iter().any(|text| text.trim() == self.record_value())
    }
}
