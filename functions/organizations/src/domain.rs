//! The mail domain of an organization: it counts once a text record proves that it is theirs.

use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_adapters::dns::Dns;
use vestibule_api::{
    Api, ApiError, ApiPath, Authenticated, Code, Fields, Mutation, Nothing, Reply, limiting::admit_source,
};
use vestibule_domain::{Domain, DomainProof, Invalid, Permission, TenantId};
use vestibule_store::{Conflict, Organization, OrganizationChange, StoreError};

use crate::Organizations;

/// A domain that is wanted, and the text record that proves it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WantedDomainView {
    /// The domain.
    pub domain: String,
    /// The name of the text record to make.
    #[schema(example = "_vestibule.acme.example")]
    pub record_name: String,
    /// What it must say.
    #[schema(example = "vestibule-domain=6c1f0e8a5d2b4f7c9a3e1d0b8c7f6a5e")]
    pub record_value: String,
    /// Since when the domain is wanted.
    #[schema(value_type = String, format = "date-time")]
    pub since: Timestamp,
}

/// The domain of new mailboxes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DomainView {
    /// The domain that counts; `null` until one is proved.
    pub domain: Option<String>,
    /// Another one that is wanted.
    pub wanted: Option<WantedDomainView>,
}

impl From<&Organization> for DomainView {
    fn from(organization: &Organization) -> Self {
        let wanted = organization.proof.as_ref().map(|proof| WantedDomainView {
            domain: proof.domain.as_str().to_owned(),
            record_name: proof.record_name(),
            record_value: proof.record_value(),
            since: proof.since,
        });
        let domain = organization.tenant.domain.as_ref().map(|domain| domain.as_str().to_owned());
        Self { domain, wanted }
    }
}

/// A domain that is wanted.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantDomain {
    /// The domain, such as `acme.example`.
    #[schema(example = "acme.example", max_length = 242)]
    pub domain: String,
}

/// Shows the mail domain, and the record that proves another one.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/domain", tag = "organizations", responses((status = 200, body = DomainView)))]
pub async fn get_domain(
    State(api): State<Api>,
    ApiPath(id): ApiPath<TenantId>,
    caller: Authenticated,
) -> Result<Json<DomainView>, ApiError> {
    let scope = caller.require(Permission::TenantSettingsView)?;
    if scope.tenant() != id {
        return Err(ApiError::not_found());
    }
    Ok(Json((&api.store.tenant(&scope).find_organization().await?).into()))
}

/// Says which mail domain the organization wants. The answer names the text record that proves it; until it is proved nobody holds
/// the domain by this, and the one before stays.
#[utoipa::path(put, path = "/api/v1/organizations/{id}/domain", tag = "organizations", responses((status = 200, body = DomainView), (status = 409)))]
pub async fn want_domain(
    State(api): State<Api>,
    ApiPath(id): ApiPath<TenantId>,
    request: Mutation<WantDomain>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TenantSettingsEdit)?;
    if scope.tenant() != id {
        return Err(ApiError::not_found());
    }
    let mut fields = Fields::default();
    let Some(domain) = fields.take("domain", wanted(&request.body.domain)) else {
        return Err(fields.into_error());
    };
    let store = api.store.tenant(&scope);
    let read = store.find_organization().await?;
    has_own_domain(&read)?;
    let mut after = read.clone();
    // The record of somebody who asks twice stays good.
    let same = read.proof.clone().filter(|proof| proof.domain == domain);
    after.proof = Some(same.unwrap_or_else(|| DomainProof::new(domain, &api.world)));
    let reply = Reply::new(StatusCode::OK, &DomainView::from(&after))?;
    let told = |it: &Organization| json!({ "wanted": it.proof.as_ref().map(|proof| proof.domain.as_str()) });
    let (values, answer) = ((told(&read), told(&after)), request.answer(&reply));
    let change = OrganizationChange { action: "tenant.domain.want", values, answer };
    store.change_organization(&read, after, change, &api.world).await?;
    Ok(reply)
}

/// Looks for the text record of the wanted domain. Once it is found the domain is the organization's, and nobody else's.
#[utoipa::path(post, path = "/api/v1/organizations/{id}/domain/verify", tag = "organizations", responses((status = 200, body = DomainView), (status = 409), (status = 429)))]
pub async fn verify_domain(
    State(state): State<Organizations>,
    ApiPath(id): ApiPath<TenantId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let (api, scope) = (&state.api, request.begin(Permission::TenantSettingsEdit)?);
    if scope.tenant() != id {
        return Err(ApiError::not_found());
    }
    let store = api.store.tenant(&scope);
    let read = store.find_organization().await?;
    has_own_domain(&read)?;
    let wrong = |detail: String| ApiError::new(Code::WrongState, detail);
    let Some(proof) = &read.proof else {
        return Err(wrong(
            "Say first which domain you want: `PUT /api/v1/organizations/{id}/domain`.".into(),
        ));
    };
    admit_source(api.table(), &state.limits, &format!("domain@{id}")).await?;
    look(&state.dns, proof).await.map_err(wrong)?;
    let mut after = Organization { proof: None, ..read.clone() };
    after.tenant.domain = Some(proof.domain.clone());
    let reply = Reply::new(StatusCode::OK, &DomainView::from(&after))?;
    let told = |it: &Organization| json!({ "domain": it.tenant.domain });
    let (values, answer) = ((told(&read), told(&after)), request.answer(&reply));
    let change = OrganizationChange { action: "tenant.domain", values, answer };
    match store.change_organization(&read, after, change, &api.world).await {
        Err(StoreError::Conflict(Conflict::DomainTaken)) => Err(wrong(taken())),
        done => Ok(done.map(|()| reply)?),
    }
}

/// Longest domain before whose name there is room for that of the record.
const LONGEST: usize = 242;

fn wanted(text: &str) -> Result<Domain, Invalid> {
    let domain = Domain::parse(text)?;
    if domain.as_str().len() > LONGEST {
        return Err(Invalid::new(format!("Give a domain of at most {LONGEST} characters.")));
    }
    Ok(domain)
}

fn has_own_domain(organization: &Organization) -> Result<(), ApiError> {
    let terms = organization.tenant.tier.terms();
    if terms.own_domain {
        return Ok(());
    }
    let detail = format!(
        "The tier `{}` has no domain of its own; change it with `PUT /api/v1/workspace/subscription`.",
        terms.name
    );
    Err(ApiError::new(Code::WrongState, detail))
}

fn taken() -> String {
    "Another organization has this domain. Ask whoever runs this service if it should be yours.".to_owned()
}

/// Whether the record is there; otherwise what to do.
async fn look(dns: &Dns, proof: &DomainProof) -> Result<(), String> {
    let texts = dns.find_texts(&proof.record_name()).await.map_err(|_| {
        "The domain's name servers do not answer; look for it again in some minutes.".to_owned()
    })?;
    if proof.is_in(&texts) {
        return Ok(());
    }
    Err(match texts.len() {
        0 => {
            "There is no text record of this name yet. A new one can take some minutes to be seen.".to_owned()
        }
        found => format!(
            "Of {found} text records of this name none says what it must. A changed one can take hours to be seen."
        ),
    })
}
