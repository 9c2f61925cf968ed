//! Signs how long each chain of the audit log is, and keeps that outside of the table: whoever can write the table cannot
//! make history shorter or other without its showing. This function has the key, and no right to touch a record.

mod sign;

use serde::de::IgnoredAny;
use serde_json::{Value, json};
use vestibule_adapters::archive::Archive;
use vestibule_api::{EventFunction, FunctionError, Settings, state::StartError};
use vestibule_chain::CheckpointKey;
use vestibule_domain::World;
use vestibule_store::{Sealer, Store};

/// Most chains that are signed in one run; the rest wait for the next minute.
const AT_ONCE: i32 = 1_000;

/// What the function works with.
#[derive(Debug)]
pub struct Signer {
    /// The table.
    pub store: Store,
    /// Where checkpoints are kept.
    pub archive: Archive,
    /// Signs them.
    pub key: CheckpointKey,
    /// Clock and randomness.
    pub world: World,
}

impl EventFunction for Signer {
    type Event = IgnoredAny;

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let sealer = Sealer::without_keys(world.clone()).map_err(|e| StartError::outside("a key", e))?;
        let store = Store::new(&settings.aws("DYNAMODB")?, settings.get("TABLE_NAME")?, sealer);
        let archive = Archive::new(&settings.aws("S3")?, settings.get("AUDIT_BUCKET")?);
        let secret = settings.secrets()?.get(settings.get("AUDIT_KEY_SECRET")?, world.now()).await;
        let secret = secret.map_err(|error| StartError::outside("the key of checkpoints", error))?;
        let key = CheckpointKey::from_secret(&secret);
        let key = key.map_err(|error| StartError::outside("the key of checkpoints", error))?;
        Ok(Self { store, archive, key, world })
    }

    /// Signs every chain that has grown since it was signed; answers with counts. One that fails waits for the next run.
    async fn handle(&self, _: IgnoredAny) -> Result<Value, FunctionError> {
        let failed = |error: vestibule_store::StoreError| FunctionError {
            name: "SigningFailed".into(),
            message: error.to_string(),
        };
        let unsigned = self.store.platform().unsigned_chains(AT_ONCE).await.map_err(failed)?;
        let (signed, left) = sign::all(self, unsigned).await;
        tracing::info!(signed, left, "audit-signer");
        Ok(json!({ "signed": signed, "left": left }))
    }
}
