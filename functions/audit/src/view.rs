//! A record of the log as those see it who may read it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vestibule_api::DamagedView;
use vestibule_chain::Outcome;
use vestibule_store::{AuditRecord, Logged};

/// What to do about a record that cannot be read.
pub const DAMAGED: &str =
    "This record cannot be read. It is left as it is: ask whoever runs this service why, and name its id.";

/// A record in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditView {
    /// Its id.
    #[schema(example = "aud_01M7W179T03QXV8W2KJ6TZMPRC")]
    pub id: String,
    /// Its place in the chain, from 1; `null` until it has one.
    pub number: Option<u64>,
    /// When (RFC 3339).
    pub at: String,
    /// The person's id, a task of the system, or `stranger`.
    pub actor: String,
    /// The person's address at the time.
    pub actor_email: Option<String>,
    /// What was done, such as `hire.create`.
    pub action: String,
    /// To which thing, by its id or name.
    pub resource: String,
    /// `done`, `refused` or `failed`.
    pub outcome: &'static str,
    /// How often, of what is recorded once a minute, such as refusals.
    pub count: Option<u64>,
    /// Source address of the request.
    pub source_ip: Option<String>,
    /// The client's description of itself.
    pub user_agent: Option<String>,
}

/// A record with what it changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditDetailView {
    /// The record.
    #[serde(flatten)]
    pub record: AuditView,
    /// Values before, as they were; never secrets, nor a person's address or name. Names that people give to groups and roles
    /// are told as they are.
    pub old: Value,
    /// Values after.
    pub new: Value,
}

/// A record, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AuditItem {
    /// A record.
    Record(Box<AuditView>),
    /// A record that cannot be read.
    Damaged(DamagedView),
}

/// The name of an outcome.
pub(crate) fn name_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
    }
}

impl From<AuditRecord> for AuditView {
    fn from(record: AuditRecord) -> Self {
        let record = record.proved();
        Self {
            id: record.id.to_string(),
            number: record.number,
            at: record.at.to_string(),
            actor: record.actor,
            actor_email: record.actor_email,
            action: record.action,
            resource: record.resource,
            outcome: name_of(record.outcome),
            count: record.count,
            source_ip: record.source_ip,
            user_agent: record.user_agent,
        }
    }
}

impl From<AuditRecord> for AuditDetailView {
    fn from(mut record: AuditRecord) -> Self {
        let (old, new) = (record.old.take(), record.new.take());
        Self { record: record.into(), old, new }
    }
}

impl From<Logged> for AuditItem {
    fn from(logged: Logged) -> Self {
        match logged {
            Logged::Whole(record) => Self::Record(Box::new((*record).into())),
            Logged::Damaged(id) => Self::Damaged(DamagedView::new(id, DAMAGED)),
        }
    }
}
