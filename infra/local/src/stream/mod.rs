//! The table's stream as the input of a function: reads the shards of the `DynamoDB` endpoint, passes
//! on what the filter lets through, and remembers how far it came.

mod batch;
mod checkpoints;
mod event;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::operation::get_shard_iterator::GetShardIteratorError;
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};
use serde_json::Value;

pub(crate) use checkpoints::Checkpoints;

use crate::lambda::Functions;
use crate::template::Stream;

const IDLE: Duration = Duration::from_millis(50);
const AFTER_ERROR: Duration = Duration::from_millis(500);
/// Empty polls after which the list of shards is read again.
const POLLS_PER_LISTING: u32 = 40;

/// One event source mapping.
pub(crate) struct Reader {
    pub(crate) stream: Stream,
    pub(crate) client: Client,
    pub(crate) functions: Functions,
    pub(crate) checkpoints: Checkpoints,
    /// Factor on the waits before repetitions.
    pub(crate) scale: f64,
}

impl Reader {
    /// Reads for as long as the future lives. Every record is delivered at least once.
    pub(crate) async fn run(mut self) {
        loop {
            if let Err(error) = self.read().await {
                tracing::warn!(
                    table = self.stream.table,
                    error = format!("{error:#}"),
                    "reading the stream goes on after"
                );
            }
            tokio::time::sleep(AFTER_ERROR.mul_f64(self.scale.min(1.0))).await;
        }
    }

    async fn read(&mut self) -> Result<()> {
        let arn = self.stream_arn().await?;
        let mut iterators = BTreeMap::new();
        let mut polls = 0;
        loop {
            if polls % POLLS_PER_LISTING == 0 {
                self.open_shards(&arn, &mut iterators).await?;
            }
            polls += 1;
            let mut found = false;
            for (shard, iterator) in &mut iterators {
                let Some(current) = iterator.take() else { continue };
                let limit = i32::try_from(self.stream.batch_size).unwrap_or(100);
                let answer = self.client.get_records().shard_iterator(current).limit(limit).send().await?;
                *iterator = answer.next_shard_iterator;
                let records = answer.records.unwrap_or_default();
                found |= !records.is_empty();
                self.pass_on(&format!("{arn}|{shard}"), records).await?;
            }
            if !found {
                tokio::time::sleep(IDLE).await;
            }
        }
    }

    async fn stream_arn(&self) -> Result<String> {
        let listed = self.client.list_streams().table_name(&self.stream.table).send().await?;
        let arn = listed.streams.and_then(|streams| streams.into_iter().next_back()?.stream_arn);
        arn.ok_or_else(|| anyhow!("the table {} has no stream", self.stream.table))
    }

    /// Adds an iterator for every shard not known yet. A shard that was read to its end keeps its empty entry.
    async fn open_shards(&self, arn: &str, iterators: &mut BTreeMap<String, Option<String>>) -> Result<()> {
        let described = self.client.describe_stream().stream_arn(arn).send().await?;
        let shards = described.stream_description.and_then(|d| d.shards).unwrap_or_default();
        for shard in shards.into_iter().filter_map(|shard| shard.shard_id) {
            if let Entry::Vacant(entry) = iterators.entry(shard) {
                let iterator = self.iterator(arn, entry.key()).await?;
                entry.insert(iterator);
            }
        }
        Ok(())
    }

    async fn iterator(&self, arn: &str, shard: &str) -> Result<Option<String>> {
        let request = self.client.get_shard_iterator().stream_arn(arn).shard_id(shard);
        if let Some(sequence) = self.checkpoints.get(&format!("{arn}|{shard}")) {
            let after = ShardIteratorType::AfterSequenceNumber;
            let answer = request.clone().shard_iterator_type(after).sequence_number(sequence).send().await;
            match answer {
                Ok(answer) => return Ok(answer.shard_iterator),
                // Records older than a day are gone; what is left is read from its beginning.
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(GetShardIteratorError::is_trimmed_data_access_exception) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let answer = request.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await?;
        Ok(answer.shard_iterator)
    }

    async fn pass_on(&mut self, shard: &str, records: Vec<Record>) -> Result<()> {
        let Some(last) = records.last().and_then(sequence_number).map(str::to_owned) else {
            return Ok(());
        };
        let events: Vec<_> = records
            .iter()
            .map(|record| event::record(record, shard))
            .filter(|record| self.wants(record))
            .collect();
        batch::deliver(&self.functions, &self.stream, self.scale, events).await;
        self.checkpoints.set(shard, &last).context("the place in the stream cannot be kept")
    }

    fn wants(&self, record: &Value) -> bool {
        self.stream.filters.is_empty() || self.stream.filters.iter().any(|filter| filter.accepts(record))
    }
}

fn sequence_number(record: &Record) -> Option<&str> {
    record.dynamodb.as_ref()?.sequence_number.as_deref()
}
