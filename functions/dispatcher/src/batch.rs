//! Telling a batch of changes to all consumers at once.

use std::time::Duration;

use futures::future::join_all;

use crate::{Change, Consumer, Dispatcher};

/// What a consumer may take for one batch; the rest of the function's time is for recording what is owed.
const DEADLINE: Duration = Duration::from_secs(10);

/// Tells everybody. Gives the number of the first change that was neither taken nor recorded as owed.
pub(crate) async fn tell_all(dispatcher: &Dispatcher, changes: &[Change]) -> Option<String> {
    let told = dispatcher.consumers.iter().map(|consumer| tell(dispatcher, consumer.as_ref(), changes));
    let lost = join_all(told).await.into_iter().flatten().min();
    lost.and_then(|place| changes.get(place)).map(|change| change.sequence.clone())
}

/// Tells one consumer. Gives the place of the first change that is lost unless it is delivered again.
async fn tell(dispatcher: &Dispatcher, consumer: &dyn Consumer, changes: &[Change]) -> Option<usize> {
    let wanted = changes.iter().enumerate().filter(|(_, change)| consumer.wants(change));
    let (places, wanted): (Vec<usize>, Vec<Change>) = wanted.map(|(place, it)| (place, it.clone())).unzip();
    if wanted.is_empty() {
        return None;
    }
    let failed = take(consumer, &wanted).await;
    tracing::info!(
        consumer = consumer.name(),
        taken = wanted.len() - failed.len(),
        owed = failed.len(),
        "dispatcher"
    );
    for place in failed {
        if !owe(dispatcher, consumer, &wanted[place]).await {
            return Some(places[place]);
        }
    }
    None
}

/// The places of what a consumer could not take in its time: all, if it did not answer.
pub(crate) async fn take(consumer: &dyn Consumer, changes: &[Change]) -> Vec<usize> {
    tokio::time::timeout(DEADLINE, consumer.take(changes)).await.unwrap_or_else(|_| {
        tracing::warn!(consumer = consumer.name(), "a consumer was too slow");
        (0..changes.len()).collect()
    })
}

/// Whether it could be recorded that a consumer is owed a change.
async fn owe(dispatcher: &Dispatcher, consumer: &dyn Consumer, change: &Change) -> bool {
    let Ok(written) = serde_json::to_string(change) else { return false };
    let platform = dispatcher.store.platform();
    let done = platform.owe(consumer.name(), &change.sequence, &written, &dispatcher.world).await;
    done.inspect_err(|error| tracing::error!(%error, "what is owed could not be recorded")).is_ok()
}
