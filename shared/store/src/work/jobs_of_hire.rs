//! The jobs of a hire, and the end of both.

use serde_json::json;
use vestibule_domain::{Hire, HireId, Job, JobStatus, World};

use crate::{
    Answer, AuditRecord, Conflict, CursorError, CursorKey, Page, PageRequest, Removal, StoreError,
    TenantStore,
    engine::command::{Action, Command},
    engine::damaged::behind,
    engine::entity::Entity as _,
    engine::item::{key_row, number},
    engine::keys,
};

impl TenantStore<'_> {
    /// One page of jobs, newest first; those with `status`, if it is given. Up to 1,000 are read for a page of them.
    pub async fn list_jobs(
        &self,
        status: Option<JobStatus>,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<Job>, CursorError>, StoreError> {
        let wanted = |job: &Job| status.is_none_or(|status| job.status == status);
        self.sifted(wanted, status.is_some(), request, key).await
    }

    /// The jobs of a hire, newest first: two round trips.
    pub async fn list_jobs_of_hire(
        &self,
        hire: HireId,
        status: Option<JobStatus>,
    ) -> Result<Page<Job>, StoreError> {
        let hire = self.find::<Hire>(hire).await?;
        let mut page = match &hire {
            Some(hire) => self.jobs_of(hire).await?,
            None => Page { items: Vec::new(), damaged: Vec::new(), next: None },
        };
        page.items.retain(|job| status.is_none_or(|status| job.status == status));
        page.items.sort_unstable_by_key(|job| std::cmp::Reverse(job.id));
        Ok(page)
    }

    async fn jobs_of(&self, hire: &Hire) -> Result<Page<Job>, StoreError> {
        let keys = hire.known_jobs().into_iter().map(|job| key_row(&keys::job(self.tenant(), job)));
        let rows = self.store.batch_get(keys.collect()).await?;
        let found = self.store.listed::<Job>(rows, |row| behind(row, "SK", keys::JOBS))?;
        Ok(Page { items: found.items, damaged: found.damaged, next: None })
    }

    /// Removes a hire and its jobs, all of which have ended. A mailbox stays where it is, and its address stays taken.
    pub async fn remove_hire(
        &self,
        hire: &Hire,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<Removal, StoreError> {
        let jobs = self.jobs_of(hire).await?;
        if !jobs.damaged.is_empty() || jobs.items.iter().any(|job| !job.status.is_final()) {
            return Ok(Removal::JobOpen);
        }
        let ids: Vec<_> = jobs.items.iter().map(|job| job.id.to_string()).collect();
        let values = (json!({ "jobs": ids, "mailbox": hire.mailbox }), json!(null));
        let record = AuditRecord::new(self.scope, "hire.remove", hire.id.to_string(), values, world);
        let same = |action: Action, version: u64| {
            action.name("#version", "version").value(":read", number(version)).when("#version = :read")
        };
        let gone = same(Action::delete(&keys::hire(self.tenant(), hire.id)), hire.version);
        let mut command = Command::new().and(gone, Conflict::Stale);
        for mut job in jobs.items {
            let gone = Action::delete(&keys::job(self.tenant(), job.id()));
            command = command.and(same(gone, *job.version()), Conflict::Stale);
        }
        let command = command.audited(self.scope, &record)?;
        command.answering(answer, world)?.commit(self.store).await?;
        Ok(Removal::Removed)
    }
}
