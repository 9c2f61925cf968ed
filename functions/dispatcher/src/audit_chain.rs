//! The audit chains as a consumer: every record that a command wrote gets its place in the chain of its tenant.

use std::collections::BTreeMap;

use futures::{StreamExt as _, future::BoxFuture, stream};
use jiff::Timestamp;
use serde_dynamo::AttributeValue;
use vestibule_domain::World;
use vestibule_store::{Chain, RecordPlace, Store};

use crate::{Change, Consumer};

/// Chains that are appended to at once.
const UNDER_WAY: usize = 8;
/// Refusals are counted for as long.
const MINUTE: i64 = 60;

/// Appends new `audit` rows to their chain, and `refusal` rows once their minute is over.
#[derive(Debug)]
pub struct AuditChain {
    /// The table.
    pub store: Store,
    /// The clock, and ids for the records of chains that begin.
    pub world: World,
}

impl Consumer for AuditChain {
    fn name(&self) -> &'static str {
        "audit-chain"
    }

    fn wants(&self, change: &Change) -> bool {
        change.is_new("audit") || change.is_new("refusal")
    }

    fn take<'a>(&'a self, changes: &'a [Change]) -> BoxFuture<'a, Vec<usize>> {
        Box::pin(self.append(changes))
    }
}

impl AuditChain {
    async fn append(&self, changes: &[Change]) -> Vec<usize> {
        let now = self.world.now();
        let mut chains: BTreeMap<Chain, Vec<(usize, RecordPlace)>> = BTreeMap::new();
        let mut left = Vec::new();
        for (number, change) in changes.iter().enumerate() {
            match place(change).filter(|_| is_whole(change, now)) {
                Some(place) => chains.entry(place.chain()).or_default().push((number, place)),
                None => left.push(number),
            }
        }
        let appends = stream::iter(chains).map(|(chain, records)| self.append_to(chain, records));
        let failed: Vec<Vec<usize>> = appends.buffer_unordered(UNDER_WAY).collect().await;
        left.extend(failed.into_iter().flatten());
        left
    }

    /// Gives the numbers of the changes whose records got no place.
    async fn append_to(&self, chain: Chain, records: Vec<(usize, RecordPlace)>) -> Vec<usize> {
        let (numbers, places): (Vec<usize>, Vec<RecordPlace>) = records.into_iter().unzip();
        match self.store.platform().append(chain, &places, &self.world).await {
            Ok(_) => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, %chain, "records got no place in their chain");
                numbers
            }
        }
    }
}

/// Where the record lies.
fn place(change: &Change) -> Option<RecordPlace> {
    RecordPlace::of(text(change, "PK")?, text(change, "SK")?)
}

/// Whether nothing will be added to the record any more. Refusals of a minute are counted in one record.
fn is_whole(change: &Change, now: Timestamp) -> bool {
    if change.is_new("audit") {
        return true;
    }
    let at = text(change, "at").and_then(|at| at.parse::<Timestamp>().ok());
    at.is_none_or(|at| at.as_second().div_euclid(MINUTE) < now.as_second().div_euclid(MINUTE))
}

fn text<'a>(change: &'a Change, name: &str) -> Option<&'a str> {
    match change.row.get(name)? {
        AttributeValue::S(text) => Some(text),
        _ => None,
    }
}
