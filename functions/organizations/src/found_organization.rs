//! `POST /api/v1/organizations`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{
    ApiError, Code, Delivery, FieldProblem, Fields, Grant, OwnMutation, Reply, TokensView, hand_out,
    kept_view, limiting::admit_source,
};
use vestibule_domain::{CompanyName, Preset, Slug, Tenant, TenantId};
use vestibule_store::{Conflict, StoreError, UserChange};

use crate::{Organizations, view::OrganizationView};

/// To so many organizations somebody belongs at most by founding.
const MOST_TENANTS: usize = 50;

/// A new organization.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FoundOrganization {
    /// The company's name, 1 to 80 characters of any script.
    #[schema(example = "Acme", max_length = 80)]
    pub name: String,
    /// Its name in addresses of pages: 3 to 40 lower-case letters, digits and single hyphens, a letter first. It stays. Some are
    /// reserved, such as `admin`.
    #[schema(example = "acme", min_length = 3, max_length = 40, pattern = "^[a-z][a-z0-9-]*$")]
    pub slug: String,
    /// The kind of business, which decides the first roles: `brokerage` or `brand`.
    #[schema(example = "brokerage", pattern = "^(brokerage|brand)$")]
    pub preset: String,
}

/// The new organization, and tokens for it. The refresh token stays.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundedView {
    /// The organization.
    pub organization: OrganizationView,
    /// Tokens for it.
    #[serde(flatten)]
    pub tokens: TokensView,
}

/// Founds an organization; the caller becomes its administrator. The session goes over to it: the answer has an access token
/// for it. The next sign-in begins there too, unless the caller has chosen a default tenant.
#[utoipa::path(post, path = "/api/v1/organizations", tag = "organizations", responses((status = 201, body = FoundedView), (status = 429)))]
pub async fn found_organization(
    State(state): State<Organizations>,
    OwnMutation { mut caller, body, keyed }: OwnMutation<FoundOrganization>,
) -> Result<Response, ApiError> {
    let (api, user, session) = (&state.api, &mut caller.user, &caller.session);
    let (name, slug, preset) = read(&body)?;
    admit_source(api.table(), &state.limits, &format!("found@{}", user.id)).await?;
    if api.store.platform().count_memberships(user.id).await? >= MOST_TENANTS {
        let detail = format!("You belong to {MOST_TENANTS} organizations; leave one first.");
        return Err(ApiError::new(Code::WrongState, detail));
    }
    let (names, site) = ((name.as_str(), slug.as_str()), state.site.as_str());
    let tenant = Tenant::founded(TenantId::new(&api.world), names, user.email.clone(), site);
    user.last_tenant = Some(tenant.id);
    let grant = Grant { user: user.id, session: session.id, tenant: Some(tenant.id), ends: session.expires };
    let (delivery, organization) = (Delivery::of(caller.by_cookie), OrganizationView::from(&tenant));
    let mut view = FoundedView { organization, tokens: kept_view(&grant, delivery, false) };
    let change = UserChange {
        action: "tenant.found",
        answer: keyed.answer(&Reply::new(StatusCode::CREATED, &view)?),
        values: (json!({ "tenant": caller.tenant }), json!({ "tenant": tenant.id, "session": session.id })),
        found: Some((&tenant, preset)),
        switch: Some((session.id, tenant.id)),
        ..UserChange::default()
    };
    match api.store.platform().change_user(user, &change, caller.principal.actor(), &api.world).await {
        Ok(()) => {}
        Err(StoreError::Conflict(Conflict::SlugTaken)) => return Err(taken()),
        Err(error) => return Err(error.into()),
    }
    let (tokens, cookies) = hand_out(api, &state.signer, &grant, None, delivery).await?;
    view.tokens = tokens;
    Ok((StatusCode::CREATED, cookies, Json(view)).into_response())
}

fn read(body: &FoundOrganization) -> Result<(CompanyName, Slug, Preset), ApiError> {
    let mut fields = Fields::default();
    let name = fields.take("name", CompanyName::parse(&body.name));
    let slug = fields.take("slug", Slug::parse(&body.slug));
    let preset = fields.take("preset", Preset::parse(&body.preset));
    match (name, slug, preset) {
        (Some(name), Some(slug), Some(preset)) => Ok((name, slug, preset)),
        _ => Err(fields.into_error()),
    }
}

fn taken() -> ApiError {
    let detail = "An organization has this slug already; choose another one.";
    let field = FieldProblem { field: "slug".to_owned(), detail: detail.to_owned() };
    ApiError::Problem { code: Code::Conflict, detail: detail.to_owned(), fields: vec![field] }
}
