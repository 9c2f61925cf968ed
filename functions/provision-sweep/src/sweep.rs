//! Finding the due jobs. Each is cared for by itself: a bad one never delays the others.

use std::collections::BTreeMap;

use futures::{StreamExt as _, stream};
use vestibule_saga::LaunchError;
use vestibule_store::DueJob;

use crate::Sweep;

/// Due jobs looked at in one run, for each of the index's shards.
const BATCH: i32 = 50;
/// Jobs cared for at the same time.
const AT_ONCE: usize = 8;

/// Counts by what was done.
pub(crate) type Tally = BTreeMap<&'static str, u32>;

impl Sweep {
    /// Cares for every job that is due.
    pub(crate) async fn all(&self) -> Result<Tally, LaunchError> {
        let due = self.store.platform().due_jobs(self.world.now(), BATCH).await?;
        let cared = stream::iter(due).map(|due| self.care_safely(due)).buffer_unordered(AT_ONCE);
        Ok(cared
            .fold(Tally::new(), |mut tally, done| async move {
                *tally.entry(done).or_default() += 1;
                tally
            })
            .await)
    }

    /// Cares for one job; its failure is the caller's, so that the event comes again.
    pub(crate) async fn one(&self, due: DueJob) -> Result<Tally, LaunchError> {
        Ok(Tally::from([(self.care(due).await?, 1)]))
    }

    async fn care_safely(&self, due: DueJob) -> &'static str {
        self.care(due).await.unwrap_or_else(|error| {
            tracing::error!(%error, job = %due.job, "a due job could not be cared for");
            "failed"
        })
    }
}
