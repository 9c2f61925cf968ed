//! `PUT /api/v1/onboarding`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Code, Fields, Mutation, Reply};
use vestibule_domain::Permission;
use vestibule_store::{Organization, OrganizationChange};

use crate::{
    setup_body::{self, BillingBody, CompanyBody, IntegrationsBody},
    setup_view::SetupView,
};

/// One or several steps of setting an organization up. Each can be sent again and takes the place of what was saved.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Onboarding {
    /// The first step.
    pub company: Option<CompanyBody>,
    /// The second: one or more of `health`, `life`, `property`, `casualty`, `auto` and `commercial`.
    #[schema(example = json!(["health", "life"]), min_items = 1, max_items = 50)]
    pub industry: Option<Vec<String>>,
    /// The third: 1 to 50 names.
    #[schema(example = json!(["Texas"]), min_items = 1, max_items = 50)]
    pub regions: Option<Vec<String>>,
    /// The fourth: 1 to 50 names.
    #[schema(example = json!(["Web site"]), min_items = 1, max_items = 50)]
    pub lead_sources: Option<Vec<String>>,
    /// The fifth.
    pub integrations: Option<IntegrationsBody>,
    /// The sixth; who sends it must be allowed to change the tier.
    pub billing: Option<BillingBody>,
}

/// Saves steps of setting the organization up, in any order. Each is checked by itself; what is wrong is named, and nothing of the
/// request is saved.
#[utoipa::path(put, path = "/api/v1/onboarding", tag = "organizations", responses((status = 200, body = SetupView)))]
pub async fn save_onboarding(
    State(api): State<Api>,
    request: Mutation<Onboarding>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TenantSettingsEdit)?;
    if request.body.billing.is_some() {
        request.principal.require(Permission::TenantBillingManage)?;
    }
    let store = api.store.tenant(&scope);
    let read = store.find_organization().await?;
    let after = changed(&read, &request.body)?;
    let reply = Reply::new(
        StatusCode::OK,
        &SetupView::new(&after, request.principal.require(Permission::TenantBillingView).is_ok()),
    )?;
    let change = OrganizationChange {
        action: "tenant.setup",
        values: (told(&read, &request.body), told(&after, &request.body)),
        answer: request.answer(&reply),
    };
    store.change_organization(&read, after, change, &api.world).await?;
    Ok(reply)
}

fn changed(read: &Organization, body: &Onboarding) -> Result<Organization, ApiError> {
    let Onboarding { company, industry, regions, lead_sources, integrations, billing } = body;
    let (mut after, mut fields) = (read.clone(), Fields::default());
    if let Some(company) = company {
        setup_body::company(&mut after, company, &mut fields);
    }
    if let Some(industry) = industry {
        setup_body::industry(&mut after, industry, &mut fields);
    }
    if let Some(regions) = regions {
        after.setup.regions = setup_body::names("regions", regions, &mut fields);
    }
    if let Some(sources) = lead_sources {
        after.setup.lead_sources = setup_body::names("leadSources", sources, &mut fields);
    }
    if let Some(integrations) = integrations {
        setup_body::integrations(&mut after, integrations, &mut fields);
    }
    if let Some(billing) = billing {
        setup_body::billing(&mut after, billing, &mut fields);
    }
    if !fields.is_empty() {
        return Err(fields.into_error());
    }
    let steps = [company.is_some(), industry.is_some(), regions.is_some(), lead_sources.is_some()];
    if !steps.contains(&true) && integrations.is_none() && billing.is_none() {
        let detail = "Send at least one step: `company`, `industry`, `regions`, `leadSources`, `integrations` or `billing`.";
        return Err(ApiError::new(Code::Invalid, detail));
    }
    Ok(after)
}

/// What the audit log tells: the steps that were sent, and the tier.
fn told(organization: &Organization, body: &Onboarding) -> Value {
    let Organization { tenant, setup, .. } = organization;
    let sent = |sent: bool, value: Value| if sent { value } else { Value::Null };
    json!({
        "name": sent(body.company.is_some(), json!(tenant.name)),
        "company": sent(body.company.is_some(), json!(setup.company)),
        "industry": sent(body.industry.is_some(), json!(setup.industry)),
        "regions": sent(body.regions.is_some(), json!(setup.regions)),
        "leadSources": sent(body.lead_sources.is_some(), json!(setup.lead_sources)),
        "apis": sent(body.integrations.is_some(), json!(setup.integrations.as_ref().map(|step| &step.apis))),
        "tier": sent(body.billing.is_some(), json!(tenant.tier)),
    })
}
