//! Signing one chain: first the archive, then the table. A run that dies between them, or beside another one, leaves
//! nothing wrong: a name is written once, and what stands there is what counts.

use futures::{StreamExt as _, stream};
use vestibule_adapters::archive::{ArchiveError, Kept, checkpoints};
use vestibule_chain::{CheckpointKey, Frontier, NoteError, SignedCheckpoint, Verifier};
use vestibule_store::{Chain, Checkpoint, StoreError};

use crate::Signer;

/// Chains that are signed at once.
const UNDER_WAY: usize = 8;

/// Why a chain was not signed.
#[derive(Debug, thiserror::Error)]
enum SignError {
    /// The table failed.
    #[error(transparent)]
    Table(#[from] StoreError),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What stands in the archive under the checkpoint's name is none of ours.
    #[error("the checkpoint in the archive cannot be read: {0}")]
    Foreign(#[from] NoteError),
    /// The chain has another root than was signed for the same size.
    #[error("the chain is not the one that was signed: its root at {0} is another")]
    Forked(u64),
}

/// Signs chains; how many were signed, and how many are left for the next run.
pub(crate) async fn all(signer: &Signer, key: &CheckpointKey, chains: Vec<(Chain, u64)>) -> (usize, usize) {
    let signing = stream::iter(chains).map(|(chain, _)| async move {
        let result = one(signer, key, chain).await;
        result.inspect_err(|error| tracing::error!(%error, %chain, "a chain was not signed")).is_ok()
    });
    let done: Vec<bool> = signing.buffer_unordered(UNDER_WAY).collect().await;
    let count = done.iter().filter(|is_done| **is_done).count();
    (count, done.len() - count)
}

async fn one(signer: &Signer, key: &CheckpointKey, chain: Chain) -> Result<(), SignError> {
    let head = signer.store.platform().chain_head(chain).await?;
    let at = signer.world.now();
    let note = key.sign(&chain.to_string(), &head, at);
    let name = checkpoints::name(&chain.to_string(), head.size);
    let new = Checkpoint { size: head.size, at, note, key: key.verifier() };
    let checkpoint = match signer.archive.keep(&name, new.note.as_bytes()).await? {
        Kept::New => new,
        Kept::Exists => standing(signer, key, chain, &name, &head).await?.unwrap_or(new),
    };
    Ok(signer.store.platform().signed(chain, &checkpoint).await?)
}

/// What was signed before for the same size, perhaps with a key of before. Another root would mean that history was written
/// anew.
async fn standing(
    signer: &Signer,
    key: &CheckpointKey,
    chain: Chain,
    name: &str,
    head: &Frontier,
) -> Result<Option<Checkpoint>, SignError> {
    let Some(bytes) = signer.archive.read(name).await? else { return Ok(None) };
    let note = String::from_utf8_lossy(&bytes).into_owned();
    let verifiers = key.verifiers();
    let kept = SignedCheckpoint::open(&note, &chain.to_string(), &verifiers)?;
    if kept.root != head.root() {
        return Err(SignError::Forked(head.size));
    }
    let signed_by = |verifier: &&Verifier| verifier.open(&note, &chain.to_string()).is_ok();
    let key = verifiers.iter().find(signed_by).map_or_else(|| key.verifier(), ToString::to_string);
    Ok(Some(Checkpoint { size: head.size, at: kept.at, note, key }))
}
