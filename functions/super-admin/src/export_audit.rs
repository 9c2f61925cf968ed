//! `GET /api/super-admin/audit/export`

use axum::{extract::State, response::Response};
use serde_json::Value;
use vestibule_api::{Administrator, Api, ApiError};
use vestibule_audit::export::{ExportQuery, Log, export};
use vestibule_auth::Grant;
use vestibule_domain::World;
use vestibule_store::{Administration, Chain, Chained, Checkpoint, StoreError};

/// The log of the platform.
struct PlatformLog<'a>(Administration<'a>);

impl Log for PlatformLog<'_> {
    fn chain(&self) -> Chain {
        Chain::Platform
    }

    fn path(&self) -> &'static str {
        "/api/super-admin/audit/export"
    }

    fn reader(&self) -> String {
        self.0.by()
    }

    async fn record(&self, values: Value, world: &World) -> Result<(), StoreError> {
        self.0.record_reading("audit.export", values, world).await
    }

    async fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.0.checkpoint().await
    }

    async fn chained(&self, after: u64, last: u64, limit: u16) -> Result<Vec<Chained>, StoreError> {
        self.0.chained(after, last, limit).await
    }
}

/// Exports the platform's log, for super administrators, as `GET /api/audit/export` does an organization's: in parts that make one file, with the
/// proof that it is whole. Each export is recorded.
#[utoipa::path(get, path = "/api/super-admin/audit/export", tag = "platform",
    responses((status = 200, content((String = "application/jsonl"), (String = "text/csv")))))]
pub async fn export_platform_audit(
    State(api): State<Api>,
    caller: Administrator,
    query: ExportQuery,
) -> Result<Response, ApiError> {
    let scope = caller.require(Grant::SuperAdmin)?;
    Box::pin(export(&api, &PlatformLog(api.store.administration(&scope)), query)).await
}
