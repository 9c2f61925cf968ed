//! The file of an import, a part of its rows in each row of the table. The parts are written first, the job behind them: an
//! import is there with all of its rows, or not at all.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use vestibule_domain::{ImportRow, Job, JobId, JobKind, RowClass, RowResult, World};

use crate::{
    Answer, Conflict, CursorError, CursorKey, Page, PageRequest, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// Rows of the file in one row of the table.
pub const ROWS_OF_A_PART: usize = 100;
/// How long a file is kept, for its report.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A part of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPart {
    /// Its place, from 0.
    pub part: u32,
    /// Its rows. Sealed in the table.
    pub rows: Vec<ImportRow>,
}

/// What became of a part.
#[derive(Deserialize)]
struct PartResult {
    part: u32,
    rows: Vec<(RowClass, String)>,
}

#[derive(Deserialize)]
struct Held {
    value: PartResult,
}

impl TenantStore<'_> {
    /// One page of imports, newest first, from among all jobs: up to 1,000 are read for it, so it may have fewer than it could, and a
    /// next one. A job that cannot be read is not known to be one.
    pub async fn list_imports(
        &self,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<Job>, CursorError>, StoreError> {
        let wanted = |job: &Job| job.kind == JobKind::IMPORT;
        self.sifted(wanted, true, request, &key.of("imports")).await
    }

    /// Writes the rows in parts, then the job that works on them, with `answer` kept for repeats.
    pub async fn create_import(
        &self,
        job: &Job,
        rows: &[ImportRow],
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let until = world.now().saturating_add(KEPT_FOR).unwrap_or(world.now());
        for (part, rows) in (0..).zip(rows.chunks(ROWS_OF_A_PART)) {
            let key = keys::import_part(self.tenant(), job.id, part);
            let mut row = to_row(&key, Kind::ImportRows, &ImportPart { part, rows: rows.to_vec() })?;
            row.insert("ttl".into(), number(until.as_second()));
            Command::new().and(Action::put(row), Conflict::Exists).commit(self.store).await?;
        }
        self.add_job(job, answer, world).await
    }

    /// What became of the rows of an import so far, by part.
    pub async fn import_results(&self, job: JobId) -> Result<BTreeMap<u32, Vec<RowResult>>, StoreError> {
        let query = self.store.prefix_query(&keys::tenant_partition(self.tenant()), &keys::job_results(job));
        let (mut rows, mut found) = (query.into_paginator().items().send(), BTreeMap::new());
        while let Some(row) = rows.next().await {
            let row = row?;
            self.store.sealer().freshen(std::slice::from_ref(&row)).await;
            let PartResult { part, rows } = self.store.read::<Held>(row)?.value;
            let rows = rows.into_iter().map(|(class, detail)| RowResult { class, detail });
            found.insert(part, rows.collect());
        }
        Ok(found)
    }

    /// One part of the file of an import.
    pub async fn find_import_part(&self, job: JobId, part: u32) -> Result<Option<ImportPart>, StoreError> {
        self.store.get(&keys::import_part(self.tenant(), job, part)).await
    }
}
