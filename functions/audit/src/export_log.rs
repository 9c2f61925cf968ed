//! `GET /api/audit/export`

use axum::{extract::State, response::Response};
use serde_json::Value;
use vestibule_api::{Api, ApiError, Authenticated};
use vestibule_auth::TenantScope;
use vestibule_domain::{Permission, World};
use vestibule_store::{AuditRecord, Chain, Chained, Checkpoint, StoreError, TenantStore};

use crate::export::{ExportQuery, Log, export};

/// The log of an organization.
struct TenantLog<'a>(TenantStore<'a>, &'a TenantScope);

impl Log for TenantLog<'_> {
    fn chain(&self) -> Chain {
        Chain::Tenant(self.1.tenant())
    }

    fn path(&self) -> &'static str {
        "/api/audit/export"
    }

    fn reader(&self) -> String {
        AuditRecord::name_of(self.1.actor())
    }

    async fn record(&self, values: Value, world: &World) -> Result<(), StoreError> {
        self.0.record_reading("audit.export", self.1.tenant().to_string(), values, world).await
    }

    async fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.0.checkpoint().await
    }

    async fn chained(&self, after: u64, last: u64, limit: u16) -> Result<Vec<Chained>, StoreError> {
        self.0.chained(after, last, limit).await
    }
}

/// Exports the log, oldest first, in parts that make one file when they are put behind each other; the header `Link` leads to the next part,
/// and the last one has none. All parts end where the newest checkpoint did when the export began. Without `from` and `to` it is the whole log. As
/// JSON lines it holds the proof: of each record its leaf, of those that the filter leaves out their leaves only, and the signed checkpoint in
/// the last line. Each export is recorded.
#[utoipa::path(get, path = "/api/audit/export", tag = "audit",
    responses((status = 200, content((String = "application/jsonl"), (String = "text/csv")))))]
pub async fn export_log(
    State(api): State<Api>,
    caller: Authenticated,
    query: ExportQuery,
) -> Result<Response, ApiError> {
    let scope = caller.require(Permission::AuditExport)?;
    Box::pin(export(&api, &TenantLog(api.store.tenant(&scope), &scope), query)).await
}
