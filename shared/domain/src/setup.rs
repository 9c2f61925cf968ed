//! Setting up an organization: six steps, each saved by itself, in any order and as often as one likes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Email, Invalid, Tier};

/// Most entries of a list of a step.
pub const MOST_ENTRIES: usize = 50;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SetupStep {
    /// Name, size and place of the company.
    Company,
    /// What it sells.
    Industry,
    /// Where it sells.
    Regions,
    /// Where its leads come from.
    LeadSources,
    /// What it works with.
    Integrations,
    /// Its tier.
    Billing,
}

impl SetupStep {
    /// All of them, in their order.
    pub const ALL: [Self; 6] =
        [Self::Company, Self::Industry, Self::Regions, Self::LeadSources, Self::Integrations, Self::Billing];

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Industry => "industry",
            Self::Regions => "regions",
            Self::LeadSources => "leadSources",
            Self::Integrations => "integrations",
            Self::Billing => "billing",
        }
    }
}

/// How many people work in a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompanySize {
    /// 1 to 10.
    #[serde(rename = "1-10")]
    Small,
    /// 11 to 50.
    #[serde(rename = "11-50")]
    Medium,
    /// 51 to 250.
    #[serde(rename = "51-250")]
    Large,
    /// More.
    #[serde(rename = "251+")]
    Huge,
}

impl CompanySize {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Small, Self::Medium, Self::Large, Self::Huge];

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "1-10",
            Self::Medium => "11-50",
            Self::Large => "51-250",
            Self::Huge => "251+",
        }
    }

    /// Reads it as a person wrote it.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|size| size.name() == text);
        found.ok_or_else(|| Invalid::new("Give `1-10`, `11-50`, `51-250` or `251+`."))
    }
}

/// What a company sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Industry {
    /// Health insurance.
    Health,
    /// Life insurance.
    Life,
    /// Property insurance.
    Property,
    /// Casualty insurance.
    Casualty,
    /// Insurance of cars.
    Auto,
    /// Insurance of businesses.
    Commercial,
}

impl Industry {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Health, Self::Life, Self::Property, Self::Casualty, Self::Auto, Self::Commercial];

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Life => "life",
            Self::Property => "property",
            Self::Casualty => "casualty",
            Self::Auto => "auto",
            Self::Commercial => "commercial",
        }
    }

    /// Reads a list as a person wrote it.
    ///
    /// # Errors
    /// It is empty, or one of them is none.
    pub fn parse_all(texts: &[String]) -> Result<BTreeSet<Self>, Invalid> {
        let find = |text: &String| Self::ALL.into_iter().find(|industry| industry.name() == text);
        let found: Option<BTreeSet<_>> = texts.iter().map(find).collect();
        let named = "Give one or more of `health`, `life`, `property`, `casualty`, `auto` and `commercial`.";
        found.filter(|found| !found.is_empty()).ok_or_else(|| Invalid::new(named))
    }
}

/// The company, as the first step asks for it. Its name is the organization's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyStep {
    /// How many people work there.
    pub size: CompanySize,
    /// Where it is.
    pub location: String,
}

/// What the company works with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationsStep {
    /// Names of systems that it wants to connect.
    pub apis: Vec<String>,
    /// Where it wants to be told of events.
    pub webhook_url: Option<String>,
}

/// What was said in the steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The first step.
    pub company: Option<CompanyStep>,
    /// The second.
    pub industry: Option<BTreeSet<Industry>>,
    /// The third.
    pub regions: Option<Vec<String>>,
    /// The fourth.
    pub lead_sources: Option<Vec<String>>,
    /// The fifth.
    pub integrations: Option<IntegrationsStep>,
    /// The sixth: the tier that was chosen, which may have changed since.
    pub billing: Option<Tier>,
    /// Whom to ask about bills. Sealed in the table.
    pub billing_email: Option<Email>,
    /// Counts its writes.
    pub version: u64,
}

impl Setup {
    /// Whether a step was saved.
    pub fn has(&self, step: SetupStep) -> bool {
        match step {
            SetupStep::Company => self.company.is_some(),
            SetupStep::Industry => self.industry.is_some(),
            SetupStep::Regions => self.regions.is_some(),
            SetupStep::LeadSources => self.lead_sources.is_some(),
            SetupStep::Integrations => self.integrations.is_some(),
            SetupStep::Billing => self.billing.is_some(),
        }
    }

    /// The steps that were not saved yet.
    pub fn missing(&self) -> impl Iterator<Item = SetupStep> {
        SetupStep::ALL.into_iter().filter(|step| !self.has(*step))
    }

    /// How far one is, in whole percent.
    pub fn percent(&self) -> usize {
        (SetupStep::ALL.len() - self.missing().count()) * 100 / SetupStep::ALL.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_as_far_as_steps_were_saved() {
        let mut setup = Setup::default();
        assert_eq!((setup.percent(), setup.missing().next()), (0, Some(SetupStep::Company)));
        setup.regions = Some(vec!["Texas".into()]);
        setup.billing = Some(Tier::Free);
        assert_eq!(setup.percent(), 33);
        assert!(setup.has(SetupStep::Billing) && !setup.has(SetupStep::Industry));
        assert!(Industry::parse_all(&[]).is_err() && Industry::parse_all(&["pets".into()]).is_err());
        assert_eq!(Industry::parse_all(&["auto".into(), "auto".into()]).unwrap().len(), 1);
    }
}
