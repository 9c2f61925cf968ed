//! `POST /api/esign/endpoints/{id}/keys`

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_adapters::esign::Vendor;
use vestibule_api::{ApiError, ApiPath, Code, Fields, Mutation, Reply, unwritten};
use vestibule_domain::{EndpointId, EsignEndpoint, MOST_ESIGN_KEYS, Permission};
use vestibule_store::{EndpointChange, FoundEndpoints, SecretMoves};

use super::{keys, view::EsignEndpointView};
use crate::{Connections, vault};

/// The next key of an endpoint, or the end of the one before.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RotateEsignKey {
    /// The key that the vendor begins to sign with. Absent: none is added.
    #[serde(default, serialize_with = "unwritten")]
    #[schema(value_type = Option<String>, format = "password", write_only)]
    pub key: Option<SecretString>,
    /// Whether the key before is taken beside the newest one. It is, unless this is `false`: then it ends at once.
    #[serde(default = "both")]
    #[schema(example = true)]
    pub keep_older: bool,
}

fn both() -> bool {
    true
}

/// Adds the next key, which is taken beside the one before: first here, then at the vendor. Once the vendor signs with it, a
/// second request, `{"keepOlder": false}`, ends the older one. Of three keys the oldest ends by itself. A warm function takes a
/// change into account within five minutes.
#[utoipa::path(post, path = "/api/esign/endpoints/{id}/keys", tag = "connections", responses((status = 200, body = EsignEndpointView), (status = 409)))]
pub async fn add_esign_key(
    State(state): State<Connections>,
    ApiPath(id): ApiPath<EndpointId>,
    request: Mutation<RotateEsignKey>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::IntegrationsManage)?;
    let store = state.api.store.tenant(&scope);
    let read = store.find_esign_endpoints().await?;
    let before = read.endpoint(id).ok_or_else(ApiError::not_found)?;
    let key = next(before, request.body.key.as_ref())?;
    let since = rotate(&state, before, (key, request.body.keep_older)).await?;
    let after = EsignEndpoint { keys: since, ..before.clone() };
    let reply = Reply::new(StatusCode::OK, &EsignEndpointView::of(&state, &after))?;
    let told = |it: &EsignEndpoint| json!({ "keys": it.keys });
    let change = EndpointChange {
        action: "esign.endpoint.key",
        endpoint: id,
        values: (told(before), told(&after)),
        moves: SecretMoves::default(),
        answer: request.answer(&reply),
    };
    store.change_esign_endpoints(&read, replaced(&read, &after), change, &state.api.world).await?;
    Ok(reply)
}

fn next(endpoint: &EsignEndpoint, key: Option<&SecretString>) -> Result<Option<SecretString>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let vendor = endpoint.vendor.parse::<Vendor>().map_err(|error| ApiError::Fault(Box::new(error)))?;
    let mut fields = Fields::default();
    let key = fields.take("key", keys::parse(vendor, key));
    key.map(Some).ok_or_else(|| fields.into_error())
}

/// Writes the keys from now on, and says since when each is there. The secret is written first: what was written is found there by whoever
/// sends the same again, and then only told.
async fn rotate(
    state: &Connections,
    endpoint: &EsignEndpoint,
    (key, keep_older): (Option<SecretString>, bool),
) -> Result<Vec<Timestamp>, ApiError> {
    let name = format!("{}{}", state.esign_prefix, endpoint.id);
    let version = state.secrets.version(&name).await.map_err(vault::unread)?;
    let unreadable = || {
        ApiError::new(
            Code::Damaged,
            "The keys of this endpoint cannot be read: make another endpoint, and remove this one.",
        )
    };
    let held = keys::read(&version.value).ok_or_else(unreadable)?;
    let is = |one: &SecretString| key.as_ref().is_some_and(|key| key.expose_secret() == one.expose_secret());
    let first_since = endpoint.keys.first().copied().unwrap_or(endpoint.created);
    let older = held.iter().zip(endpoint.keys.iter().copied().chain(std::iter::repeat(first_since)));
    let older = older.filter(|(one, _)| !is(one)).map(|(one, since)| (one.clone(), since));
    let newest = key.as_ref().map(|key| (key.clone(), state.api.world.now()));
    let most = if keep_older { MOST_ESIGN_KEYS } else { 1 };
    let wanted: Vec<_> = newest.into_iter().chain(older).take(most).collect();
    let (wanted, since): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
    let same = |(a, b): (&SecretString, &SecretString)| a.expose_secret() == b.expose_secret();
    if wanted.len() != held.len() || !wanted.iter().zip(&held).all(same) {
        let written = keys::write(&wanted);
        state.secrets.write_after(&version, &name, &written).await.map_err(vault::unwritten)?;
    }
    Ok(since)
}

fn replaced(read: &FoundEndpoints, after: &EsignEndpoint) -> Vec<EsignEndpoint> {
    let each = |it: &EsignEndpoint| if it.id == after.id { after.clone() } else { it.clone() };
    read.endpoints.iter().map(each).collect()
}
