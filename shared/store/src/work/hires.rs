//! Hires and their documents.

use serde_json::json;
use vestibule_domain::{DocumentKind, DocumentStatus, Hire, Job, World};

use crate::{Answer, AuditRecord, Conflict, StoreError, TenantStore, engine::command::Command};

impl TenantStore<'_> {
    /// Adds a hire.
    pub async fn create_hire(
        &self,
        hire: &Hire,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let documents: Vec<_> = hire.documents.keys().collect();
        let values = (json!(null), json!({ "documents": documents }));
        let record = AuditRecord::new(self.scope, "hire.create", hire.id.to_string(), values, world);
        let command = Command::new().and(self.making(hire)?, Conflict::Exists);
        command.audited(self.scope, &record)?.answering(answer, world)?.commit(self.store).await
    }

    /// Records that a document moved on, and with it the job that becomes due by it, if any.
    /// `hire` is as it was read, with the change made; its version is counted up on success.
    pub async fn record_document(
        &self,
        hire: &mut Hire,
        (kind, old): (&DocumentKind, DocumentStatus),
        job: Option<&Job>,
        world: &World,
    ) -> Result<(), StoreError> {
        if let Some(job) = job {
            hire.worked_on_by(job.id);
        }
        self.replace(hire, |command, hire| {
            let new = hire.documents.get(kind).map(|d| d.status);
            let values = (json!({ kind.as_str(): old }), json!({ kind.as_str(): new }));
            let record = AuditRecord::new(self.scope, "hire.document", hire.id.to_string(), values, world);
            let command = command.audited(self.scope, &record)?;
            match job {
                Some(job) => self.adding_job(command, job, world),
                None => Ok(command),
            }
        })
        .await
    }
}
