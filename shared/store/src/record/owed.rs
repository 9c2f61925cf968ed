//! What a reader of the table's stream could not do when it was told: kept until it is made up for, however often
//! that fails.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vestibule_domain::World;

use crate::{
    Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::{from_row, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// The first pause before it is tried again.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// Doublings of the pause: the longest is a little over an hour.
const DOUBLINGS: u32 = 6;

/// One change of the table that a consumer was not told of yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Which consumer.
    pub consumer: String,
    /// The change's number in the stream.
    pub sequence: String,
    /// The change as the stream told it, as JSON. What is sealed in it stays sealed.
    pub change: String,
    /// How often it failed.
    pub tries: u32,
    /// When it failed first.
    pub since: Timestamp,
    /// When it is tried again.
    pub due: Timestamp,
}

impl PlatformStore<'_> {
    /// Records what a consumer is owed. It is due a minute from now.
    pub async fn owe(
        &self,
        consumer: &str,
        sequence: &str,
        change: &str,
        world: &World,
    ) -> Result<(), StoreError> {
        let (since, due) = (world.now(), after(world.now(), FIRST_PAUSE));
        let (consumer, sequence, change) = (consumer.to_owned(), sequence.to_owned(), change.to_owned());
        let owed = Owed { consumer, sequence, change, tries: 1, since, due };
        match Command::new().and(put(&owed)?, Conflict::Exists).commit(self.store).await {
            // The stream delivered it twice.
            Err(StoreError::Conflict(Conflict::Exists)) => Ok(()),
            done => done,
        }
    }

    /// At most `limit` things that are due to a consumer at `now`, those due longest first.
    pub async fn owed_to(&self, consumer: &str, now: Timestamp, limit: i32) -> Result<Vec<Owed>, StoreError> {
        let query = self.store.client().query().table_name(self.store.table());
        let query = query
            .key_condition_expression("PK = :pk AND SK <= :now")
            .expression_attribute_values(":pk", text(keys::owed_partition(consumer)))
            .expression_attribute_values(":now", text(keys::due_time(now)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(limit);
        query.send().await?.items.unwrap_or_default().into_iter().map(from_row).collect()
    }

    /// Puts off what failed again, each time for longer. It is never given up.
    pub async fn put_off(&self, owed: &Owed, now: Timestamp) -> Result<(), StoreError> {
        let pause = FIRST_PAUSE * (1 << owed.tries.min(DOUBLINGS));
        let later = Owed { tries: owed.tries.saturating_add(1), due: after(now, pause), ..owed.clone() };
        let command = Command::new().and(put(&later)?, Conflict::Exists).and(gone(owed), Conflict::Stale);
        settled(command.commit(self.store).await)
    }

    /// Removes what was made up for.
    pub async fn made_up(&self, owed: &Owed) -> Result<(), StoreError> {
        settled(Command::new().and(gone(owed), Conflict::Stale).commit(self.store).await)
    }
}

fn put(owed: &Owed) -> Result<Action, StoreError> {
    let key = keys::owed(&owed.consumer, owed.due, &owed.sequence);
    Ok(Action::put(to_row(&key, Kind::Owed, owed)?).if_new())
}

fn gone(owed: &Owed) -> Action {
    Action::delete(&keys::owed(&owed.consumer, owed.due, &owed.sequence)).when("attribute_exists(PK)")
}

/// Another sweep at the same moment may have settled it.
fn settled(done: Result<(), StoreError>) -> Result<(), StoreError> {
    match done {
        Err(StoreError::Conflict(_)) => Ok(()),
        done => done,
    }
}

fn after(at: Timestamp, pause: SignedDuration) -> Timestamp {
    at.saturating_add(pause).unwrap_or(Timestamp::MAX)
}
