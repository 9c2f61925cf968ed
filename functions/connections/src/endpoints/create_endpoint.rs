//! `POST /api/esign/endpoints`

use axum::extract::State;
use http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_adapters::esign::Vendor;
use vestibule_api::{ApiError, Code, Fields, Mutation, Reply, unwritten};
use vestibule_domain::{EndpointId, EsignEndpoint, Invalid, MOST_ESIGN_ENDPOINTS, Permission, SecretId};
use vestibule_store::{EndpointChange, SecretMoves};

use super::{keys, view::EsignEndpointView};
use crate::{Connections, vault};

/// An endpoint for a vendor.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateEsignEndpoint {
    /// `docusign`, or `standard` for whoever signs as Standard Webhooks do.
    #[schema(example = "docusign", pattern = "^(docusign|standard)$")]
    pub vendor: String,
    /// The key that signs the vendor's events.
    #[serde(serialize_with = "unwritten")]
    #[schema(value_type = String, format = "password", write_only)]
    pub key: SecretString,
}

impl CreateEsignEndpoint {
    fn read(&self) -> Result<(Vendor, SecretString), ApiError> {
        let mut fields = Fields::default();
        let vendor =
            self.vendor.parse::<Vendor>().map_err(|_| Invalid::new("Give `docusign` or `standard`."));
        let vendor = fields.take("vendor", vendor);
        let key = vendor.and_then(|vendor| fields.take("key", keys::parse(vendor, &self.key)));
        vendor.zip(key).ok_or_else(|| fields.into_error())
    }
}

/// Makes an endpoint and says which address to enter at the vendor. The key is not shown again. A business has at most five.
#[utoipa::path(post, path = "/api/esign/endpoints", tag = "connections", responses((status = 201, body = EsignEndpointView), (status = 409)))]
pub async fn create_esign_endpoint(
    State(state): State<Connections>,
    request: Mutation<CreateEsignEndpoint>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::IntegrationsManage)?;
    let (vendor, key) = request.body.read()?;
    let (store, world) = (state.api.store.tenant(&scope), &state.api.world);
    let read = store.find_esign_endpoints().await?;
    if read.endpoints.len() >= MOST_ESIGN_ENDPOINTS {
        let detail = format!("Remove an endpoint first: there are {MOST_ESIGN_ENDPOINTS}.");
        return Err(ApiError::new(Code::WrongState, detail));
    }
    vault::tidy(&state, &store).await?;
    let (id, vendor) = (EndpointId::new(world), vendor.as_str().to_owned());
    let endpoint =
        EsignEndpoint { id, vendor: vendor.clone(), created: world.now(), keys: vec![world.now()] };
    let (note, name) = (SecretId::new(world), format!("{}{id}", state.esign_prefix));
    // An address without a key would answer nobody, while a key without an address harms nobody.
    vault::make(&state, &store, (note, &name), &keys::write(&[key])).await?;
    let reply = Reply::new(StatusCode::CREATED, &EsignEndpointView::of(&state, &endpoint))?;
    let change = EndpointChange {
        action: "esign.endpoint.create",
        endpoint: id,
        values: (json!(null), json!({ "vendor": vendor })),
        moves: SecretMoves { named: Some(note), loosened: None },
        answer: request.answer(&reply),
    };
    let endpoints = read.endpoints.iter().cloned().chain([endpoint]).collect();
    let done = store.change_esign_endpoints(&read, endpoints, change, world).await;
    vault::settled(&state, &store, (note, &name), done).await?;
    Ok(reply)
}
