//! `GET` and `PUT /api/v1/workspace/subscription`: the tier. Nothing is charged.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, Fields, Mutation, Reply};
use vestibule_domain::{Permission, Tier};
use vestibule_store::{Organization, OrganizationChange};

/// A tier and what it gives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TierView {
    /// Its name.
    pub tier: &'static str,
    /// The name that people read.
    pub title: &'static str,
    /// Most members.
    pub seats: u32,
    /// Most API keys.
    pub api_keys: u32,
    /// Whether the organization makes roles of its own.
    pub own_roles: bool,
    /// Whether it has a domain of its own.
    pub own_domain: bool,
    /// Whether it is told of events by webhooks.
    pub webhooks: bool,
}

impl From<Tier> for TierView {
    fn from(tier: Tier) -> Self {
        let terms = tier.terms();
        Self {
            tier: terms.name,
            title: terms.title,
            seats: terms.seats,
            api_keys: terms.api_keys,
            own_roles: terms.own_roles,
            own_domain: terms.own_domain,
            webhooks: terms.webhooks,
        }
    }
}

/// The tier of an organization, and those that it can change to. Nothing is charged for any of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    /// The tier.
    pub current: TierView,
    /// Those that can be chosen.
    pub available: Vec<TierView>,
}

impl From<Tier> for SubscriptionView {
    fn from(tier: Tier) -> Self {
        let chosen = Tier::ALL.into_iter().filter(|tier| tier.terms().self_service);
        Self { current: tier.into(), available: chosen.map(Into::into).collect() }
    }
}

/// Another tier.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeSubscription {
    /// `free` or `platinum`. Nothing is charged.
    #[schema(example = "platinum", pattern = "^(free|platinum)$")]
    pub tier: String,
}

/// Shows the tier and those that can be chosen. Nothing is charged.
#[utoipa::path(get, path = "/api/v1/workspace/subscription", tag = "organizations", responses((status = 200, body = SubscriptionView)))]
pub async fn get_subscription(
    State(api): State<Api>,
    caller: Authenticated,
) -> Result<Json<SubscriptionView>, ApiError> {
    let scope = caller.require(Permission::TenantBillingView)?;
    Ok(Json(api.store.tenant(&scope).settings().await?.tier.into()))
}

/// Changes the tier. What a smaller one does not give stays as it is and can no longer be added to. Nothing is charged.
#[utoipa::path(put, path = "/api/v1/workspace/subscription", tag = "organizations", responses((status = 200, body = SubscriptionView)))]
pub async fn change_subscription(
    State(api): State<Api>,
    request: Mutation<ChangeSubscription>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TenantBillingManage)?;
    let mut fields = Fields::default();
    let Some(tier) = fields.take("tier", Tier::choose(&request.body.tier)) else {
        return Err(fields.into_error());
    };
    let store = api.store.tenant(&scope);
    let read = store.find_organization().await?;
    let mut after = read.clone();
    after.tenant.tier = tier;
    let reply = Reply::new(StatusCode::OK, &SubscriptionView::from(tier))?;
    let told = |organization: &Organization| json!({ "tier": organization.tenant.tier });
    let (values, answer) = ((told(&read), told(&after)), request.answer(&reply));
    let change = OrganizationChange { action: "tenant.subscription", values, answer };
    store.change_organization(&read, after, change, &api.world).await?;
    Ok(reply)
}
