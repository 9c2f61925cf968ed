//! What an organization has by its tier: data, a row each. Nothing is charged.

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// To begin with.
    #[default]
    Free,
    /// Everything there is.
    Platinum,
    /// Given by the platform, never chosen.
    Operandi,
}

/// What a tier gives.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table: yes or no for each")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierTerms {
    /// Its name in requests and answers.
    pub name: &'static str,
    /// The name that people read.
    pub title: &'static str,
    /// Most members.
    pub seats: u32,
    /// Most API keys.
    pub api_keys: u32,
    /// Whether the organization has roles of its own.
    pub own_roles: bool,
    /// Whether it has a domain of its own.
    pub own_domain: bool,
    /// Whether it is told of events by webhooks.
    pub webhooks: bool,
    /// Whether its administrators choose it themselves.
    pub self_service: bool,
}

const fn terms(name: &'static str, title: &'static str, seats: u32, api_keys: u32) -> TierTerms {
    let (own_roles, own_domain, webhooks, self_service) = (false, false, false, false);
    TierTerms { name, title, seats, api_keys, own_roles, own_domain, webhooks, self_service }
}

const FREE: TierTerms = TierTerms { self_service: true, ..terms("free", "Free", 5, 1) };
const PLATINUM: TierTerms = TierTerms {
    own_roles: true,
    own_domain: true,
    webhooks: true,
    self_service: true,
    ..terms("platinum", "Platinum", 250, 25)
};
const OPERANDI: TierTerms = TierTerms { own_roles: true, ..terms("operandi", "Operandi", 25, 5) };

impl Tier {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Free, Self::Platinum, Self::Operandi];

    /// What it gives.
    pub fn terms(self) -> &'static TierTerms {
        match self {
            Self::Free => &FREE,
            Self::Platinum => &PLATINUM,
            Self::Operandi => &OPERANDI,
        }
    }

    /// Reads any tier, as the platform gives it.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|tier| tier.terms().name == text);
        found.ok_or_else(|| Invalid::new("Give `free`, `platinum` or `operandi`."))
    }

    /// Reads the tier that an administrator chose.
    ///
    /// # Errors
    /// It cannot be chosen.
    pub fn choose(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|tier| tier.terms().name == text && tier.terms().self_service);
        found.ok_or_else(|| Invalid::new("Give `free` or `platinum`."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_platform_gives_is_not_chosen() {
        assert_eq!(Tier::choose("free"), Ok(Tier::Free));
        assert_eq!(Tier::choose("platinum"), Ok(Tier::Platinum));
        assert!(Tier::choose("operandi").is_err() && Tier::choose("gold").is_err());
        let names: Vec<_> = Tier::ALL.iter().map(|tier| serde_json::to_value(tier).unwrap()).collect();
        assert_eq!(names, Tier::ALL.map(|tier| tier.terms().name), "stored as it is named");
    }
}
