//! What a person at the keyboard needs: tokens of the sample people, the sample endpoint's address
//! and key, and a way to begin again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::{Json, Router};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_domain::World;
use vestibule_store::Store;

use super::guard;
use crate::sample::Sample;

struct People {
    sample: Sample,
    store: Store,
    world: World,
    url: String,
}

type Answer<T> = Result<T, (StatusCode, String)>;

/// `GET /_local/token/{name}`, `GET /_local/esign`, `POST /_local/reset`.
pub(crate) fn router(sample: Sample, store: Store, world: World, url: String) -> Router {
    Router::new()
        .route("/_local/token/{name}", get(get_token))
        .route("/_local/esign", get(get_endpoint))
        .route("/_local/reset", post(reset))
        .route_layer(from_fn(guard))
        .with_state(Arc::new(People { sample, store, world, url }))
}

/// A fresh access token, as plain text.
async fn get_token(State(people): State<Arc<People>>, Path(name): Path<String>) -> Answer<String> {
    let token = people.sample.token(&name, &people.world);
    let token =
        token.ok_or((StatusCode::NOT_FOUND, "There is no sample person of this name.\n".to_owned()))?;
    let token = token.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(token.0.expose_secret().to_owned())
}

/// The sample tenant's webhook and the key that signs its events.
async fn get_endpoint(State(people): State<Arc<People>>) -> Json<Value> {
    let endpoint = people.sample.tenant.endpoint;
    let url = format!("{}/api/esign/webhook/docusign/{endpoint}", people.url);
    Json(json!({ "url": url, "key": people.sample.esign_key.expose_secret() }))
}

/// Empties the sample tenant and writes its people and hires anew.
async fn reset(State(people): State<Arc<People>>) -> Answer<Json<Value>> {
    let done = people.sample.reset(&people.store, &people.world).await;
    done.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(Json(json!({ "reset": people.sample.tenant.slug })))
}
