//! Making up for what is owed.

use serde_json::{Value, json};
use vestibule_api::FunctionError;
use vestibule_store::{Owed, StoreError};

use crate::{Change, Consumer, Dispatcher, batch::take};

/// Most things made up for in one run, for each consumer.
const AT_ONCE: i32 = 100;

/// Tells each consumer what it is owed and due. Answers with counts.
pub(crate) async fn make_up(dispatcher: &Dispatcher) -> Result<Value, FunctionError> {
    let (mut made_up, mut refused_again) = (0, 0);
    for consumer in &dispatcher.consumers {
        match make_up_to(dispatcher, consumer.as_ref()).await {
            Ok((done, left)) => (made_up, refused_again) = (made_up + done, refused_again + left),
            // The others are not kept waiting.
            Err(error) => {
                tracing::error!(%error, consumer = consumer.name(), "what is owed could not be read");
            }
        }
    }
    tracing::info!(made_up, refused_again, "dispatcher");
    Ok(json!({ "madeUp": made_up, "refusedAgain": refused_again }))
}

async fn make_up_to(dispatcher: &Dispatcher, consumer: &dyn Consumer) -> Result<(usize, usize), StoreError> {
    let (platform, now) = (dispatcher.store.platform(), dispatcher.world.now());
    let due = platform.owed_to(consumer.name(), now, AT_ONCE).await?;
    let (readable, unreadable): (Vec<_>, Vec<_>) =
        due.into_iter().map(read).partition(|(_, it)| it.is_some());
    let (owed, changes): (Vec<Owed>, Vec<Change>) =
        readable.into_iter().filter_map(|(owed, change)| Some((owed, change?))).unzip();
    let failed = if changes.is_empty() { Vec::new() } else { take(consumer, &changes).await };
    for (place, owed) in owed.iter().enumerate() {
        if failed.contains(&place) {
            platform.put_off(owed, dispatcher.world.now()).await?;
        } else {
            platform.made_up(owed).await?;
        }
    }
    for (owed, _) in &unreadable {
        // Another version wrote it, and may read it.
        platform.put_off(owed, dispatcher.world.now()).await?;
    }
    Ok((owed.len() - failed.len(), failed.len() + unreadable.len()))
}

fn read(owed: Owed) -> (Owed, Option<Change>) {
    let change = serde_json::from_str(&owed.change).ok();
    (owed, change)
}
