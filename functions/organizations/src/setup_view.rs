//! How far an organization is set up, as its administrators see it.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_domain::{Industry, SetupStep};
use vestibule_store::Organization;

/// The company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyView {
    /// Its name.
    pub name: String,
    /// How many people work there.
    pub size: &'static str,
    /// Where it is.
    pub location: String,
}

/// What the company works with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationsView {
    /// Names of systems that it wants to connect.
    pub apis: Vec<String>,
    /// Where it wants to be told of events.
    pub webhook_url: Option<String>,
    /// Where a new colleague goes after the first sign-in.
    pub crm_url: String,
}

/// The tier.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillingView {
    /// Its name.
    pub tier: &'static str,
    /// Whom to ask about bills.
    pub email: Option<String>,
}

/// What was said in each step; `null` for one that was not saved yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepsView {
    /// The company.
    pub company: Option<CompanyView>,
    /// What it sells.
    pub industry: Option<Vec<&'static str>>,
    /// Where it sells.
    pub regions: Option<Vec<String>>,
    /// Where its leads come from.
    pub lead_sources: Option<Vec<String>>,
    /// What it works with.
    pub integrations: Option<IntegrationsView>,
    /// Its tier; `null` for whoever may not see the billing, too.
    pub billing: Option<BillingView>,
}

/// How far an organization is set up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupView {
    /// The organization's id.
    pub organization: String,
    /// The steps that were saved.
    pub done: Vec<&'static str>,
    /// The steps that were not.
    pub missing: Vec<&'static str>,
    /// The first of those; `null` when all were saved.
    pub next: Option<&'static str>,
    /// How much is done, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: usize,
    /// Whether the organization has its mail domain; until then hires wait.
    pub has_domain: bool,
    /// What was said.
    pub steps: StepsView,
}

impl SetupView {
    /// The view for somebody who sees the billing, or not.
    pub fn new(organization: &Organization, sees_billing: bool) -> Self {
        let Organization { tenant, setup, .. } = organization;
        let company = setup.company.as_ref().map(|company| CompanyView {
            name: tenant.name.clone(),
            size: company.size.name(),
            location: company.location.clone(),
        });
        let billing = setup.billing.filter(|_| sees_billing).map(|_| BillingView {
            tier: tenant.tier.terms().name,
            email: setup.billing_email.as_ref().map(|email| email.as_str().to_owned()),
        });
        let industry = setup.industry.as_ref();
        let missing: Vec<_> = setup.missing().map(SetupStep::name).collect();
        Self {
            organization: tenant.id.to_string(),
            done: SetupStep::ALL.iter().filter(|step| setup.has(**step)).map(|step| step.name()).collect(),
            next: missing.first().copied(),
            missing,
            percent: setup.percent(),
            has_domain: tenant.domain.is_some(),
            steps: StepsView {
                company,
                industry: industry.map(|all| all.iter().copied().map(Industry::name).collect()),
                regions: setup.regions.clone(),
                lead_sources: setup.lead_sources.clone(),
                integrations: integrations(organization),
                billing,
            },
        }
    }
}

/// What the company works with, if it said so.
pub(crate) fn integrations(organization: &Organization) -> Option<IntegrationsView> {
    organization.setup.integrations.as_ref().map(|step| IntegrationsView {
        apis: step.apis.clone(),
        webhook_url: step.webhook_url.clone(),
        crm_url: organization.tenant.crm_url.clone(),
    })
}
