//! `POST /api/esign/webhook` and `POST /api/esign/webhook/{provider}/{endpoint}`

use axum::{
    Json,
    extract::{Request, State},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::{
    esign::{EsignError, SignEvent, Vendor, verify_and_read},
    secrets::SecretsError,
};
use vestibule_api::{ApiError, ApiPath, Code, body::read_body};
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::EndpointId;
use vestibule_store::EsignDelivery;

use crate::{Webhook, record::record};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A document moved on. If the event names others that do not fit, it is listed for staff as well.
    Recorded,
    /// The event came late or again, or is about an envelope that no longer counts; no document moved.
    Unchanged,
    /// Not a kind of event that matters here.
    Ignored,
    /// It belongs to no known hire or document; listed for staff in `GET /api/esign/events`.
    Unmatched,
}

/// The answer to every event that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// What became of it.
    pub outcome: Outcome,
}

/// The secret behind an endpoint: every key that may sign its events.
#[derive(Deserialize)]
struct SigningKeys {
    keys: Vec<SecretString>,
}

/// Takes a document event at the deployment's default provider and endpoint.
#[utoipa::path(post, path = "/api/esign/webhook", tag = "esign",
    request_body(content = String, content_type = "application/json", description = "The event as the provider signed it"),
    responses((status = 200, body = Received), (status = 400), (status = 401), (status = 404), (status = 413)))]
pub async fn receive_default_event(
    State(state): State<Webhook>,
    request: Request,
) -> Result<Json<Received>, ApiError> {
    let (provider, endpoint) = state.default.clone().ok_or_else(ApiError::not_found)?;
    receive(&state, &provider, endpoint, request).await
}

/// Takes a document event at a tenant's own endpoint.
#[utoipa::path(post, path = "/api/esign/webhook/{provider}/{endpoint}", tag = "esign",
    params(("provider" = String, Path, description = "`docusign` or `standard` (Standard Webhooks)"),
        ("endpoint" = String, Path, description = "The tenant's own webhook id")),
    request_body(content = String, content_type = "application/json", description = "The event as the provider signed it"),
    responses((status = 200, body = Received), (status = 400), (status = 401), (status = 404), (status = 413)))]
pub async fn receive_event(
    State(state): State<Webhook>,
    ApiPath((provider, endpoint)): ApiPath<(String, EndpointId)>,
    request: Request,
) -> Result<Json<Received>, ApiError> {
    receive(&state, &provider, endpoint, request).await
}

async fn receive(
    state: &Webhook,
    provider: &str,
    endpoint: EndpointId,
    request: Request,
) -> Result<Json<Received>, ApiError> {
    let vendor: Vendor = provider.parse().map_err(|_| ApiError::not_found())?;
    let found = state.store.platform().find_endpoint(endpoint).await?;
    let found = found.filter(|found| found.provider == provider).ok_or_else(ApiError::not_found)?;
    let (parts, body) = request.into_parts();
    let raw = read_body(body).await?;
    let keys = signing_keys(state, endpoint).await?;
    let event = verify_and_read(vendor, &keys, &parts.headers, &raw, state.world.now()).map_err(refused)?;
    let scope = TenantScope::for_system(found.tenant, SystemTask::EsignWebhook);
    let delivery = EsignDelivery::new(endpoint, event.kind.word(), &state.world);
    let outcome = record(state, &scope, &event, &delivery).await?;
    let SignEvent { kind, delivery_key, .. } = &event;
    tracing::info!(tenant = %found.tenant, provider, ?kind, delivery_key, ?outcome, "document event");
    Ok(Json(Received { outcome }))
}

async fn signing_keys(state: &Webhook, endpoint: EndpointId) -> Result<Vec<SecretString>, ApiError> {
    let name = format!("{}{endpoint}", state.secret_prefix);
    let secret = state.secrets.get(&name, state.world.now()).await.map_err(|error| match error {
        SecretsError::Unavailable => ApiError::new(Code::Unavailable, "Send the event again."),
        SecretsError::NotFound => ApiError::Fault(Box::new(error)),
    })?;
    let keys: SigningKeys = serde_json::from_str(secret.expose_secret())
        .map_err(|_| ApiError::Fault("an endpoint's secret is not {\"keys\": [...]}".into()))?;
    Ok(keys.keys)
}

fn refused(error: EsignError) -> ApiError {
    match error {
        EsignError::Malformed { detail } => ApiError::new(
            Code::BodyInvalid,
            format!("The event is malformed: {detail}. Send the event as the vendor made it."),
        ),
        EsignError::Key(key) => ApiError::Fault(Box::new(key)),
        signature => {
            let mut detail = signature.to_string();
            detail.replace_range(..1, "T");
            let advice = "Check the signing key and the clock at the vendor against docs/operations.md.";
            ApiError::new(Code::SignatureInvalid, format!("{detail}. {advice}"))
        }
    }
}
