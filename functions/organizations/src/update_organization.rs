//! `PUT /api/v1/organizations/{id}`

use std::collections::BTreeSet;

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, ApiPath, Fields, Mutation, Reply};
use vestibule_domain::{
    BrandColor, CompanyName, DocumentKind, Email, Invalid, JobStart, Permission, Tenant, TenantId, WebPage,
};
use vestibule_store::{Organization, OrganizationChange};

use crate::view::OrganizationView;

/// Most documents that a hire can be asked to sign.
const MOST_DOCUMENTS: usize = 20;

/// The settings of an organization: what is sent takes the place of all of them.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateOrganization {
    /// The company's name, 1 to 80 characters of any script.
    #[schema(example = "Acme", max_length = 80)]
    pub name: String,
    /// The documents that a new hire must sign, 1 to 20, each once. Hires that are there keep theirs.
    #[schema(example = json!(["w9", "hire_agreement"]), min_items = 1, max_items = 20)]
    pub documents: Vec<String>,
    /// `automatic` or `on_request`.
    #[schema(example = "automatic", pattern = "^(automatic|on_request)$")]
    pub job_start: String,
    /// Where a new colleague goes after the first sign-in.
    #[schema(example = "https://crm.acme.example/", max_length = 2000)]
    pub crm_url: String,
    /// Where answers to mails go.
    #[schema(example = "people@acme.example")]
    pub support_email: String,
    /// Its colour on pages as `#rrggbb`; none when absent or `null`.
    #[serde(default)]
    #[schema(example = "#0f766e", pattern = "^#[0-9A-Fa-f]{6}$")]
    pub color: Option<String>,
}

/// Replaces the settings of the organization of the token. Slug and mail domain stay.
#[utoipa::path(put, path = "/api/v1/organizations/{id}", tag = "organizations", responses((status = 200, body = OrganizationView)))]
pub async fn update_organization(
    State(api): State<Api>,
    ApiPath(id): ApiPath<TenantId>,
    request: Mutation<UpdateOrganization>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TenantSettingsEdit)?;
    if scope.tenant() != id {
        return Err(ApiError::not_found());
    }
    let store = api.store.tenant(&scope);
    let read = store.find_organization().await?;
    let tenant = changed(&read.tenant, &request.body)?;
    let reply = Reply::new(StatusCode::OK, &OrganizationView::from(&tenant))?;
    let values = (told(&read.tenant, &read.tenant), told(&tenant, &read.tenant));
    let change = OrganizationChange { action: "tenant.update", values, answer: request.answer(&reply) };
    let after = Organization { tenant, ..read.clone() };
    store.change_organization(&read, after, change, &api.world).await?;
    Ok(reply)
}

fn changed(before: &Tenant, body: &UpdateOrganization) -> Result<Tenant, ApiError> {
    let mut fields = Fields::default();
    let name = fields.take("name", CompanyName::parse(&body.name));
    let documents = fields.take("documents", documents(&body.documents));
    let job_start = fields.take("jobStart", JobStart::parse(&body.job_start));
    let crm_url = fields.take("crmUrl", WebPage::parse(&body.crm_url));
    let support = fields.take("supportEmail", Email::parse(&body.support_email));
    let color = fields.take("color", body.color.as_deref().map(BrandColor::parse).transpose());
    let (Some(name), Some(documents), Some(job_start), Some(crm_url), Some(support), Some(color)) =
        (name, documents, job_start, crm_url, support, color)
    else {
        return Err(fields.into_error());
    };
    let (name, crm_url) = (name.as_str().to_owned(), crm_url.as_str().to_owned());
    Ok(Tenant { name, documents, job_start, crm_url, support, color, ..before.clone() })
}

fn documents(names: &[String]) -> Result<Vec<DocumentKind>, Invalid> {
    // Without a document there is no last signature, and no job would ever start.
    if !(1..=MOST_DOCUMENTS).contains(&names.len()) {
        return Err(Invalid::new(format!("Give 1 to {MOST_DOCUMENTS} documents.")));
    }
    let kinds = names.iter().map(|name| DocumentKind::parse(name)).collect::<Result<Vec<_>, _>>()?;
    if kinds.iter().collect::<BTreeSet<_>>().len() < kinds.len() {
        return Err(Invalid::new("Name each document once."));
    }
    Ok(kinds)
}

/// What the audit log tells of the settings: an address may be a person's, so only whether it is another one.
fn told(tenant: &Tenant, before: &Tenant) -> Value {
    json!({
        "name": tenant.name,
        "documents": tenant.documents,
        "jobStart": tenant.job_start.name(),
        "crmUrl": tenant.crm_url,
        "color": tenant.color,
        "supportChanged": tenant.support != before.support,
    })
}
