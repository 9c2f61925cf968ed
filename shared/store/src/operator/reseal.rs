//! Sealing the whole table anew after the ring of keys got a new one. The only scan there is: it
//! belongs to an operator's command, the functions' roles do not allow it.

use std::future::Future;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{
        scan::ScanOutput,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
};
use futures::{StreamExt as _, stream};

use crate::{Store, StoreError, engine::command::pause, engine::item::Row};

/// Rows of a page that are written at the same time.
const AT_ONCE: usize = 8;
/// How often a call is sent that the table is too busy for.
const TRIES: u32 = 8;

/// How far it is; numbers of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResealProgress {
    /// Rows looked at.
    pub seen: u64,
    /// Rows that now use the current key.
    pub resealed: u64,
    /// Rows that did not: somebody wrote them meanwhile, or they do not open.
    pub skipped: u64,
}

enum Outcome {
    Current,
    Resealed,
    Changed,
    Closed(StoreError),
}

impl Store {
    /// Seals every row anew that uses another key than the current one, telling `progress` after each
    /// page of up to 1 MB. A row that changes meanwhile is left to whoever wrote it. Can be interrupted
    /// and repeated; when nothing is resealed or skipped, no row uses an older key. A row that does not
    /// open is reported as an error once all the others are done; any other error ends it at once.
    pub async fn reseal(
        &self,
        mut progress: impl FnMut(ResealProgress),
    ) -> Result<ResealProgress, StoreError> {
        let (mut done, mut broken, mut start) = (ResealProgress::default(), None, None);
        loop {
            let page = patiently(|| self.scan_from(start.clone())).await?;
            self.sealer().freshen(page.items()).await;
            let outcomes = stream::iter(page.items()).map(|row| self.reseal_row(row));
            let mut outcomes = outcomes.buffer_unordered(AT_ONCE);
            while let Some(outcome) = outcomes.next().await {
                done.seen += 1;
                match outcome {
                    Ok(Outcome::Current) => {}
                    Ok(Outcome::Resealed) => done.resealed += 1,
                    Ok(Outcome::Changed) => done.skipped += 1,
                    Ok(Outcome::Closed(error)) => {
                        done.skipped += 1;
                        broken.get_or_insert(error);
                    }
                    Err(error) => return Err(error),
                }
            }
            progress(done);
            start = page.last_evaluated_key.clone();
            if start.is_none() {
                return broken.map_or(Ok(done), Err);
            }
        }
    }

    async fn scan_from(&self, start: Option<Row>) -> Result<ScanOutput, StoreError> {
        let scan = self.client().scan().table_name(self.table()).consistent_read(true);
        Ok(scan.set_exclusive_start_key(start).send().await?)
    }

    async fn reseal_row(&self, row: &Row) -> Result<Outcome, StoreError> {
        if !self.sealer().is_outdated(row) {
            return Ok(Outcome::Current);
        }
        let sealed = match self.sealer().open(row.clone()) {
            Ok(plain) => self.sealer().seal(plain)?,
            Err(error) => return Ok(Outcome::Closed(error)),
        };
        let update = self.exchange(row, &sealed);
        let changed = |error: &SdkError<UpdateItemError, _>| {
            error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
        };
        patiently(|| async {
            match update.clone().send().await {
                Ok(_) => Ok(Outcome::Resealed),
                Err(error) if changed(&error) => Ok(Outcome::Changed),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Replaces the fields of `old` that `new` has otherwise, if all of them are still as in `old`.
    fn exchange(&self, old: &Row, new: &Row) -> UpdateItemFluentBuilder {
        let part = |name: &str| (name.to_owned(), old.get(name).cloned());
        let key = [part("PK"), part("SK")].into_iter().filter_map(|(name, value)| Some((name, value?)));
        let mut update = self.client().update_item().table_name(self.table()).set_key(Some(key.collect()));
        let (mut sets, mut conditions) = (Vec::new(), Vec::new());
        for (at, (name, value)) in
            new.iter().filter(|(name, value)| old.get(*name) != Some(*value)).enumerate()
        {
            sets.push(format!("#f{at} = :new{at}"));
            conditions.push(format!("#f{at} = :old{at}"));
            update = update
                .expression_attribute_names(format!("#f{at}"), name)
                .expression_attribute_values(format!(":new{at}"), value.clone())
                .expression_attribute_values(format!(":old{at}"), old[name].clone());
        }
        update
            .update_expression(format!("SET {}", sets.join(", ")))
            .condition_expression(conditions.join(" AND "))
    }
}

/// Waits ever longer while the table is busy: the functions come first.
async fn patiently<T, F>(call: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    for attempt in 1..TRIES {
        match call().await {
            Err(StoreError::Busy(_)) => pause(attempt).await,
            other => return other,
        }
    }
    call().await
}
