//! `GET` and `PUT /api/v1/workspace`: what steps of setting up asked and can be changed later.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, Fields, Mutation, Reply};
use vestibule_domain::Permission;
use vestibule_store::{Organization, OrganizationChange};

use crate::{
    setup_body::{self, IntegrationsBody},
    setup_view::{IntegrationsView, integrations},
};

/// Where leads come from, and what the company works with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceView {
    /// Where its leads come from.
    pub lead_sources: Vec<String>,
    /// What it works with; `null` until it was said.
    pub integrations: Option<IntegrationsView>,
}

impl From<&Organization> for WorkspaceView {
    fn from(organization: &Organization) -> Self {
        let lead_sources = organization.setup.lead_sources.clone().unwrap_or_default();
        Self { lead_sources, integrations: integrations(organization) }
    }
}

/// What takes the place of both.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateWorkspace {
    /// Where leads come from: 1 to 50 names.
    #[schema(example = json!(["Web site"]), min_items = 1, max_items = 50)]
    pub lead_sources: Vec<String>,
    /// What the company works with.
    pub integrations: IntegrationsBody,
}

/// Shows where leads come from and what the company works with.
#[utoipa::path(get, path = "/api/v1/workspace", tag = "organizations", responses((status = 200, body = WorkspaceView)))]
pub async fn get_workspace(
    State(api): State<Api>,
    caller: Authenticated,
) -> Result<Json<WorkspaceView>, ApiError> {
    let scope = caller.require(Permission::TenantSettingsView)?;
    Ok(Json((&api.store.tenant(&scope).find_organization().await?).into()))
}

/// Replaces where leads come from and what the company works with.
#[utoipa::path(put, path = "/api/v1/workspace", tag = "organizations", responses((status = 200, body = WorkspaceView)))]
pub async fn update_workspace(
    State(api): State<Api>,
    request: Mutation<UpdateWorkspace>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TenantSettingsEdit)?;
    let store = api.store.tenant(&scope);
    let read = store.find_organization().await?;
    let (mut after, mut fields) = (read.clone(), Fields::default());
    after.setup.lead_sources = setup_body::names("leadSources", &request.body.lead_sources, &mut fields);
    setup_body::integrations(&mut after, &request.body.integrations, &mut fields);
    if !fields.is_empty() {
        return Err(fields.into_error());
    }
    let reply = Reply::new(StatusCode::OK, &WorkspaceView::from(&after))?;
    let (values, answer) = ((told(&read), told(&after)), request.answer(&reply));
    let change = OrganizationChange { action: "tenant.workspace", values, answer };
    store.change_organization(&read, after, change, &api.world).await?;
    Ok(reply)
}

fn told(organization: &Organization) -> Value {
    let setup = &organization.setup;
    json!({
        "leadSources": setup.lead_sources,
        "apis": setup.integrations.as_ref().map(|step| &step.apis),
        "crmUrl": organization.tenant.crm_url,
    })
}
