//! Signs how long each chain of the audit log is, and keeps that outside of the table: whoever can write the table cannot
//! make history shorter or other without its showing. This function has the key, and no right to touch a record.

mod sign;

use std::sync::Arc;

use serde::de::IgnoredAny;
use serde_json::{Value, json};
use vestibule_adapters::{
    archive::Archive,
    secrets::{Secrets, SecretsError},
};
use vestibule_api::{EventFunction, FunctionError, Settings, state::StartError};
use vestibule_chain::{CheckpointKey, NoteError};
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
    /// Hold the key that signs them, under the name beside them.
    pub secrets: Arc<Secrets>,
    key_secret: String,
    /// Clock and randomness.
    pub world: World,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
enum KeyError {
    /// It cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretsError),
    /// What the secret holds is none.
    #[error(transparent)]
    Form(#[from] NoteError),
}

impl Signer {
    /// The key as its secret has it, looked at anew every five minutes: one that was rotated signs soon.
    async fn key(&self) -> Result<CheckpointKey, KeyError> {
        let secret = self.secrets.get(&self.key_secret, self.world.now()).await?;
        Ok(CheckpointKey::from_secret(&secret)?)
    }
}

fn failed(error: &dyn std::error::Error) -> FunctionError {
    FunctionError { name: "SigningFailed".into(), message: error.to_string() }
}

impl EventFunction for Signer {
    type Event = IgnoredAny;

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let sealer = Sealer::without_keys(world.clone()).map_err(|e| StartError::outside("a key", e))?;
        let store = Store::new(&settings.aws("DYNAMODB")?, settings.get("TABLE_NAME")?, sealer);
        let archive = Archive::new(&settings.aws("S3")?, settings.get("AUDIT_BUCKET")?);
        let (secrets, key_secret) = (settings.secrets()?, settings.get("AUDIT_KEY_SECRET")?.to_owned());
        let signer = Self { store, archive, secrets, key_secret, world };
        signer.key().await.map_err(|error| StartError::outside("the key of checkpoints", error))?;
        Ok(signer)
    }

    /// Signs every chain that has grown since it was signed; answers with counts. One that fails waits for the next run.
    async fn handle(&self, _: IgnoredAny) -> Result<Value, FunctionError> {
        let key = self.key().await.map_err(|error| failed(&error))?;
        let unsigned =
            self.store.platform().unsigned_chains(AT_ONCE).await.map_err(|error| failed(&error))?;
        let sign::Counts { signed, left, forked } = sign::all(self, &key, unsigned).await;
        tracing::info!(signed, left, forked, "audit-signer");
        if forked > 0 {
            // An alarm looks for errors of this function.
            let message = format!("{forked} chains are not what was signed before; see the log");
            return Err(FunctionError { name: "ChainForked".into(), message });
        }
        Ok(json!({ "signed": signed, "left": left }))
    }
}
