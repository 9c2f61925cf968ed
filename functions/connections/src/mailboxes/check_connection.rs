//! `POST /api/mailboxes/connection/check`

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_adapters::mailbox::{Check, CheckState};
use vestibule_api::{ApiError, Authenticated, Code, limiting::admit_source};
use vestibule_domain::{Domain, MailboxProvider, Permission, Tenant};

use super::check_words::words;
use crate::Connections;

/// One thing that provisioning needs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    /// `access`, `administrator`, `domain`, `users`, `passwords`, `groups` or `licences`.
    #[schema(example = "domain")]
    pub name: &'static str,
    /// `ok`, `missing`, or `unknown` where the provider does not say.
    #[schema(example = "missing")]
    pub state: &'static str,
    /// What was found.
    pub message: String,
    /// What to do about it; `null` where nothing is to be done.
    pub how_to: Option<&'static str>,
}

/// What a provider lets us do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecksView {
    /// The provider.
    pub provider: &'static str,
    /// Whether the provider lets us in and nothing is missing.
    pub ready: bool,
    /// When it was looked at.
    #[schema(value_type = String, format = "date-time")]
    pub at: Timestamp,
    /// Each thing that provisioning needs.
    pub checks: Vec<CheckView>,
}

/// Tries the kept connection and changes nothing at the provider: whether it lets us in, whether the mail domain is there, which
/// rights we have and whether licences are free; of each thing that is missing how to give it.
#[utoipa::path(post, path = "/api/mailboxes/connection/check", tag = "connections", responses((status = 200, body = ChecksView), (status = 409), (status = 429)))]
pub async fn check_connection(
    State(state): State<Connections>,
    caller: Authenticated,
) -> Result<Json<ChecksView>, ApiError> {
    let scope = caller.require(Permission::IntegrationsManage)?;
    let tenant = state.api.store.tenant(&scope).settings().await?;
    let Some(settings) = &tenant.mailboxes else {
        let detail = "Connect a provider first: `PUT /api/mailboxes/connection`.";
        return Err(ApiError::new(Code::WrongState, detail));
    };
    let provider = settings.provider();
    // Each try is a handful of calls to somebody else.
    admit_source((&state.api.store, &state.api.world), &state.limits, &format!("mailboxes@{}", tenant.id))
        .await?;
    let found = look(&state, &tenant, provider).await;
    // Who was not let in could not look at anything else.
    let admitted = found.first().is_some_and(|access| access.state == CheckState::Ok);
    let ready = admitted && found.iter().all(|check| check.state != CheckState::Missing);
    let checks = found.iter().map(|check| view(provider, check)).collect();
    let at = state.api.world.now();
    Ok(Json(ChecksView { provider: provider.name(), ready, at, checks }))
}

async fn look(state: &Connections, tenant: &Tenant, provider: MailboxProvider) -> Vec<Check> {
    match state.providers.of(tenant, provider, state.api.world.now()).await {
        Ok(mailboxes) => mailboxes.check(tenant.domain.as_ref().map(Domain::as_str)).await,
        Err(error) => vec![Check::failed("access", &error)],
    }
}

fn view(provider: MailboxProvider, check: &Check) -> CheckView {
    let (message, how_to) = words(provider, check);
    CheckView { name: check.name, state: check.state.name(), message, how_to }
}
