//! Which chains have grown since they were signed, and the newest signed checkpoint of each.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_chain::Digest;

use super::name::Chain;
use crate::{
    Conflict, PlatformStore, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{Row, from_row, number, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// A signed statement of how long a chain is and which root it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// How many entries it covers.
    pub size: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// The signed note.
    pub note: String,
    /// The public key of the signature, as the C2SP form of notes writes it.
    pub key: String,
    /// The right edge of the tree that was signed, from which the next one is led on; empty in older rows.
    #[serde(default)]
    pub peaks: Vec<Digest>,
}

#[derive(Deserialize)]
struct Marker {
    #[serde(rename = "SK")]
    chain: String,
    size: u64,
}

impl TenantStore<'_> {
    /// The newest checkpoint of the tenant's chain as the table knows it; `None` before the first.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.store.get(&keys::chain_checkpoint(Chain::Tenant(self.tenant()))).await
    }
}

impl PlatformStore<'_> {
    /// The newest checkpoint of a chain as the table knows it.
    pub async fn newest_checkpoint(&self, chain: Chain) -> Result<Option<Checkpoint>, StoreError> {
        self.store.get(&keys::chain_checkpoint(chain)).await
    }

    /// At most `limit` chains that are longer than their newest checkpoint, with their size when that was noted.
    pub async fn unsigned_chains(&self, limit: i32) -> Result<Vec<(Chain, u64)>, StoreError> {
        let query = self.store.client().query().table_name(self.store.table());
        let query = query
            .key_condition_expression("PK = :pk")
            .expression_attribute_values(":pk", text(keys::UNSIGNED))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(limit);
        let rows = query.send().await?.items.unwrap_or_default();
        let found: Result<Vec<_>, _> = rows.into_iter().map(unsigned_of).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// Notes that a checkpoint was signed and is kept outside of the table. The chain counts as unsigned as long as it is
    /// longer.
    pub async fn signed(&self, chain: Chain, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let put = Action::put(to_row(&keys::chain_checkpoint(chain), Kind::Checkpoint, checkpoint)?)
            .name("#size", "size")
            .value(":size", number(checkpoint.size))
            .when("attribute_not_exists(PK) OR #size <= :size");
        settled(Command::new().and(put, Conflict::Stale).commit(self.store).await)?;
        let gone = Action::delete(&keys::unsigned(chain))
            .name("#size", "size")
            .value(":size", number(checkpoint.size))
            .when("#size = :size");
        settled(Command::new().and(gone, Conflict::Stale).commit(self.store).await)
    }
}

/// The chain that a marker stands for; `None` when its name is that of no chain.
pub(crate) fn unsigned_of(row: Row) -> Result<Option<(Chain, u64)>, StoreError> {
    let Marker { chain, size } = from_row(row)?;
    Ok(chain.parse().ok().map(|chain| (chain, size)))
}

/// Another one was faster, or the chain has grown meanwhile.
fn settled(done: Result<(), StoreError>) -> Result<(), StoreError> {
    match done {
        Err(StoreError::Conflict(_)) => Ok(()),
        done => done,
    }
}
