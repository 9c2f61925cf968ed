//! `GET /api/audit/checkpoint`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, Code};
use vestibule_domain::Permission;
use vestibule_store::Checkpoint;

/// A signed statement of how long the log is and what it holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckpointView {
    /// How many records it covers.
    pub size: u64,
    /// When it was signed (RFC 3339).
    pub at: String,
    /// The signed note: name of the chain, size, root hash in Base64, and the signature.
    pub note: String,
    /// The public key of the signature. Take it once and keep it elsewhere: a note says nothing about its own key.
    pub key: String,
}

impl From<Checkpoint> for CheckpointView {
    fn from(Checkpoint { size, at, note, key, .. }: Checkpoint) -> Self {
        Self { size, at: at.to_string(), note, key }
    }
}

/// Shows the newest checkpoint of the log. Who keeps some of them can tell later that nothing was changed or left out. 404 before the first
/// one.
#[utoipa::path(get, path = "/api/audit/checkpoint", tag = "audit", responses((status = 200, body = CheckpointView), (status = 404)))]
pub async fn get_checkpoint(
    State(api): State<Api>,
    caller: Authenticated,
) -> Result<Json<CheckpointView>, ApiError> {
    let scope = caller.require(Permission::AuditView)?;
    let found = api.store.tenant(&scope).checkpoint().await?;
    let none =
        "Nothing was signed yet: the first checkpoint follows within a few minutes of the first record.";
    Ok(Json(found.ok_or_else(|| ApiError::new(Code::NotFound, none))?.into()))
}
