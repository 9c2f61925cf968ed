//! The steps of setting an organization up, read from a body.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::Fields;
use vestibule_domain::{
    CompanyName, CompanySize, CompanyStep, Email, Industry, IntegrationsStep, Invalid, MOST_ENTRIES, Tier,
    WebPage,
};
use vestibule_store::Organization;

/// The company.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyBody {
    /// Its name, 1 to 80 characters of any script.
    #[schema(example = "Acme", min_length = 1, max_length = 80)]
    pub name: String,
    /// How many people work there: `1-10`, `11-50`, `51-250` or `251+`.
    #[schema(example = "11-50", pattern = "^(1-10|11-50|51-250|251[+])$")]
    pub size: String,
    /// Where it is, in 1 to 80 characters.
    #[schema(example = "Austin, Texas", min_length = 1, max_length = 80)]
    pub location: String,
}

/// What the company works with.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IntegrationsBody {
    /// Names of systems that it wants to connect, at most 50.
    #[schema(example = json!(["HubSpot"]), max_items = 50)]
    pub apis: Vec<String>,
    /// Where it wants to be told of events.
    #[schema(example = "https://hooks.acme.example/", max_length = 2000)]
    pub webhook_url: Option<String>,
    /// Where a new colleague goes after the first sign-in; it stays as it is when absent.
    #[schema(example = "https://crm.acme.example/", max_length = 2000)]
    pub crm_url: Option<String>,
}

/// The tier.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BillingBody {
    /// `free` or `platinum`. Nothing is charged.
    #[schema(example = "platinum", pattern = "^(free|platinum)$")]
    pub tier: String,
    /// Whom to ask about bills.
    #[schema(example = "bills@acme.example")]
    pub email: Option<String>,
}

pub(crate) fn company(after: &mut Organization, body: &CompanyBody, fields: &mut Fields) {
    let name = fields.take("company.name", CompanyName::parse(&body.name));
    let size = fields.take("company.size", CompanySize::parse(&body.size));
    let location = fields.take("company.location", CompanyName::parse(&body.location));
    if let (Some(name), Some(size), Some(location)) = (name, size, location) {
        name.as_str().clone_into(&mut after.tenant.name);
        after.setup.company = Some(CompanyStep { size, location: location.as_str().to_owned() });
    }
}

pub(crate) fn industry(after: &mut Organization, names: &[String], fields: &mut Fields) {
    after.setup.industry = fields.take("industry", Industry::parse_all(names));
}

/// A list of 1 to 50 names, each once.
pub(crate) fn names(field: &str, texts: &[String], fields: &mut Fields) -> Option<Vec<String>> {
    if texts.is_empty() {
        fields.refuse(field, "Give at least one.");
        return None;
    }
    entries(field, texts, fields)
}

pub(crate) fn entries(field: &str, texts: &[String], fields: &mut Fields) -> Option<Vec<String>> {
    let read = || {
        if texts.len() > MOST_ENTRIES {
            return Err(Invalid::new(format!("Give at most {MOST_ENTRIES}.")));
        }
        let mut read: Vec<String> = Vec::new();
        for text in texts {
            let name = CompanyName::parse(text)?.as_str().to_owned();
            if !read.contains(&name) {
                read.push(name);
            }
        }
        Ok(read)
    };
    fields.take(field, read())
}

pub(crate) fn integrations(after: &mut Organization, body: &IntegrationsBody, fields: &mut Fields) {
    let page = |text: &Option<String>| text.as_deref().map(WebPage::parse).transpose();
    let apis = entries("integrations.apis", &body.apis, fields);
    let webhook = fields.take("integrations.webhookUrl", page(&body.webhook_url));
    let crm = fields.take("integrations.crmUrl", page(&body.crm_url));
    if let (Some(apis), Some(webhook), Some(crm)) = (apis, webhook, crm) {
        if let Some(crm) = crm {
            crm.as_str().clone_into(&mut after.tenant.crm_url);
        }
        let webhook_url = webhook.map(|page| page.as_str().to_owned());
        after.setup.integrations = Some(IntegrationsStep { apis, webhook_url });
    }
}

pub(crate) fn billing(after: &mut Organization, body: &BillingBody, fields: &mut Fields) {
    let tier = fields.take("billing.tier", Tier::choose(&body.tier));
    let email = fields.take("billing.email", body.email.as_deref().map(Email::parse).transpose());
    if let (Some(tier), Some(email)) = (tier, email) {
        (after.tenant.tier, after.setup.billing, after.setup.billing_email) = (tier, Some(tier), email);
    }
}
