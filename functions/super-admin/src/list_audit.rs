//! `GET /api/super-admin/audit`

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Administrator, Api, ApiError, DamagedView, PageQuery};
use vestibule_auth::Grant;
use vestibule_store::{AuditRecord, PlatformRecord};

/// What to do about a record that cannot be read.
const DAMAGED: &str =
    "This record cannot be read. It is left as it is: ask whoever runs this service why, and name its id.";

/// A record of the platform's log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformAuditView {
    /// Its id.
    pub id: String,
    /// When (RFC 3339).
    pub at: String,
    /// The person's id, a task of the system, or `stranger`.
    pub actor: String,
    /// What was done, such as `grant.give`.
    pub action: String,
    /// To which thing, by its id or name.
    pub resource: String,
}

/// A record, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PlatformAuditItem {
    /// A record.
    Record(Box<PlatformAuditView>),
    /// A record that cannot be read.
    Damaged(DamagedView),
}

/// One page of the platform's log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformAuditPage {
    /// The records, newest first.
    pub items: Vec<PlatformAuditItem>,
    /// The cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

impl From<AuditRecord> for PlatformAuditView {
    fn from(record: AuditRecord) -> Self {
        let AuditRecord { id, at, actor, action, resource, .. } = record;
        Self { id: id.to_string(), at: at.to_string(), actor, action, resource }
    }
}

impl From<PlatformRecord> for PlatformAuditItem {
    fn from(found: PlatformRecord) -> Self {
        match found {
            PlatformRecord::Whole(record) => Self::Record(Box::new((*record).into())),
            PlatformRecord::Damaged(id) => Self::Damaged(DamagedView::new(id, DAMAGED)),
        }
    }
}

/// Lists what was done on the platform and in no organization, newest first. General and promo administrators see what they did themselves.
#[utoipa::path(get, path = "/api/super-admin/audit", tag = "platform", responses((status = 200, body = PlatformAuditPage)))]
pub async fn list_platform_audit(
    State(api): State<Api>,
    caller: Administrator,
    page: PageQuery,
) -> Result<Json<PlatformAuditPage>, ApiError> {
    let scope = caller.require(Grant::ALL)?;
    let found = api.store.administration(&scope).search_audit(&page.into(), &api.cursors).await??;
    let items = found.items.into_iter().map(PlatformAuditItem::from).collect();
    Ok(Json(PlatformAuditPage { items, next: found.next }))
}
