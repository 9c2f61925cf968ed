//! Hires and their documents.

use serde_json::json;
use vestibule_domain::{DocumentKind, DocumentStatus, Hire, HireId, Job, World};

use crate::{
    Answer, AuditRecord, Conflict, CursorError, CursorKey, Page, PageRequest, StoreError, TenantStore,
    command::{Action, Command},
    item::to_row,
    keys,
    kinds::Kind,
};

impl TenantStore<'_> {
    /// The hire, if this tenant has it.
    pub async fn find_hire(&self, id: HireId) -> Result<Option<Hire>, StoreError> {
        self.store.get(&keys::hire(self.tenant(), id)).await
    }

    /// One page of hires, newest first.
    pub async fn list_hires(
        &self,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<Hire>, CursorError>, StoreError> {
        self.page(keys::HIRES, request, key).await
    }

    /// Adds a hire.
    pub async fn create_hire(
        &self,
        hire: &Hire,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let row = to_row(&keys::hire(self.tenant(), hire.id), Kind::Hire, hire)?;
        let documents: Vec<_> = hire.documents.keys().collect();
        let values = (json!(null), json!({ "documents": documents }));
        let record = AuditRecord::new(self.scope, "hire.create", hire.id.to_string(), values, world);
        let command = Command::new().and(Action::put(row).if_new(), Conflict::Exists);
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
        let read = hire.version;
        hire.version += 1;
        let new = hire.documents.get(kind).map(|d| d.status);
        let values = (json!({ kind.as_str(): old }), json!({ kind.as_str(): new }));
        let record = AuditRecord::new(self.scope, "hire.document", hire.id.to_string(), values, world);
        let mut command =
            Command::new().and_write(self.hire_write(hire, read)?).audited(self.scope, &record)?;
        if let Some(job) = job {
            command = self.adding_job(command, job, world)?;
        }
        let committed = command.commit(self.store).await;
        if committed.is_err() {
            hire.version = read;
        }
        committed
    }

    /// The write that replaces a hire of which `read` was the version.
    pub(crate) fn hire_write(
        &self,
        hire: &Hire,
        read: u64,
    ) -> Result<(aws_sdk_dynamodb::types::TransactWriteItem, Conflict), StoreError> {
        let row = to_row(&keys::hire(self.tenant(), hire.id), Kind::Hire, hire)?;
        Ok((Action::put(row).if_version(read).into_write(), Conflict::Stale))
    }
}

impl Command {
    /// Adds the answer to keep for a repeated request, if the client named one.
    pub(crate) fn answering(self, answer: Option<Answer>, world: &World) -> Result<Self, StoreError> {
        match answer {
            Some(answer) => Ok(self.and_write(answer.action(world.now())?)),
            None => Ok(self),
        }
    }
}
