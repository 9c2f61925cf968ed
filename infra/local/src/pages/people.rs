//! What a person at the keyboard needs: tokens of the sample people, the sample endpoint's address
//! and key, and a way to begin again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_adapters::esign::signing::sign_docusign;
use vestibule_domain::{EndpointId, World};
use vestibule_store::Store;

use super::guarded;
use crate::sample::{ADMINISTRATORS, PEOPLE, Sample, SampleError};

/// An event of the e-sign service, about one document.
const EVENT: &str = include_str!("../../../../events/esign-webhook/w9-completed.json");

struct People {
    http: reqwest::Client,
    sample: Sample,
    store: Store,
    world: World,
    url: String,
}

type Answer<T> = Result<T, (StatusCode, String)>;

/// `GET /_local/token/{name}`, `GET /_local/esign`, `POST /_local/sign/{hire}`, `POST /_local/reset`.
pub(crate) fn router(sample: Sample, store: Store, world: World, url: String) -> Router {
    guarded(
        Router::new()
            .route("/_local/token/{name}", get(get_token))
            .route("/_local/esign", get(get_endpoint))
            .route("/_local/sign/{hire}", post(sign))
            .route("/_local/reset", post(reset))
            .with_state(Arc::new(People { http: reqwest::Client::new(), sample, store, world, url })),
    )
}

/// A fresh access token that works, as plain text.
async fn get_token(State(people): State<Arc<People>>, Path(name): Path<String>) -> Answer<String> {
    let token = people
        .sample
        .working_token(&people.store, &name, &people.world)
        .await
        .map_err(|error| failed(&error))?;
    let names = PEOPLE.iter().chain(&ADMINISTRATORS).map(|person| person.name).collect::<Vec<_>>().join(", ");
    let unknown =
        || (StatusCode::NOT_FOUND, format!("There is no sample person of this name; there are {names}.\n"));
    Ok(token.ok_or_else(unknown)?.0.expose_secret().to_owned())
}

/// The sample tenant's webhook and the key that signs its events.
async fn get_endpoint(State(people): State<Arc<People>>) -> Json<Value> {
    let endpoint = people.sample.endpoint;
    let url = format!("{}/api/esign/webhook/docusign/{endpoint}", people.url);
    Json(json!({ "url": url, "key": people.sample.esign_key.expose_secret() }))
}

/// The documents that a hire signs.
#[derive(Deserialize)]
struct Signed {
    /// Their names, with commas between.
    documents: String,
    /// The `DocuSign` endpoint of the hire's business; left out, the one of the sample tenant.
    endpoint: Option<EndpointId>,
}

/// Signs documents of a hire, as `DocuSign` tells of it, with the key of the business's endpoint. Leads to the hire's page.
async fn sign(
    State(people): State<Arc<People>>,
    Path(hire): Path<String>,
    Form(signed): Form<Signed>,
) -> Answer<Redirect> {
    let endpoint = signed.endpoint.unwrap_or(people.sample.endpoint);
    let unknown = || (StatusCode::NOT_FOUND, "There is no endpoint of this id.\n".to_owned());
    let key = people.sample.esign_key_of(endpoint).map_err(|error| failed(&error))?.ok_or_else(unknown)?;
    let url = format!("{}/api/esign/webhook/docusign/{endpoint}", people.url);
    for document in signed.documents.split(',').filter(|document| !document.is_empty()) {
        let event = signing_event(&hire, document, &people.world);
        let broken = |error: &dyn std::fmt::Display| {
            (StatusCode::BAD_GATEWAY, format!("{document} was not signed: {error}\n"))
        };
        let signature = sign_docusign(&key, event.as_bytes()).map_err(|error| broken(&error))?;
        let request = people.http.post(&url).header("x-docusign-signature-1", signature);
        let request = request.header("content-type", "application/json").body(event);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        answer.map_err(|error| broken(&error))?;
    }
    Ok(Redirect::to(&format!("/hires/{hire}?done=signed")))
}

/// The event of a signed document, an envelope of its own.
fn signing_event(hire: &str, document: &str, world: &World) -> String {
    let envelope = format!("{hire}-{document}");
    let mut event: Value = serde_json::from_str(EVENT).unwrap_or_default();
    event["generatedDateTime"] = json!(world.now().to_string());
    event["data"]["envelopeId"] = json!(envelope);
    event["data"]["envelopeSummary"]["customFields"]["textCustomFields"][0]["value"] =
        json!(format!("{hire}/{document}"));
    event.to_string()
}

/// Empties the sample tenants and writes their people and hires anew.
async fn reset(State(people): State<Arc<People>>) -> Answer<Json<Value>> {
    let slug = people.sample.tenant.slug.clone();
    // A task of its own: a caller who hangs up does not leave it half done.
    let done = tokio::spawn(async move { people.sample.reset(&people.store, &people.world).await }).await;
    let crashed = |_| (StatusCode::INTERNAL_SERVER_ERROR, "The reset failed; see the log.\n".to_owned());
    done.map_err(crashed)?.map_err(|error| failed(&error))?;
    Ok(Json(json!({ "reset": slug })))
}

fn failed(error: &SampleError) -> (StatusCode, String) {
    let status = match error {
        SampleError::Person(_) => StatusCode::CONFLICT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, format!("{error}\n"))
}
