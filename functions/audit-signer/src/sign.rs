//! Signing one chain. What was signed last is in the archive, which nobody can change: the chain must lead on from there,
//! entry by entry, whatever its head in the table says. Then first the archive is written, and after it the table: a run that
//! dies between them, or beside another one, leaves nothing wrong. A name is written once, and what stands there is what counts.

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
    /// The chain does not lead through what was signed.
    #[error(
        "the chain is not the one that was signed up to {signed}: it has {size} records now, and another history"
    )]
    Forked {
        /// How many records were signed.
        signed: u64,
        /// How long the chain is.
        size: u64,
    },
}

/// What became of the chains of one run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    /// They were signed.
    pub(crate) signed: usize,
    /// They are left for the next run.
    pub(crate) left: usize,
    /// Of those left, they are not what was signed before.
    pub(crate) forked: usize,
}

/// Signs chains.
pub(crate) async fn all(signer: &Signer, key: &CheckpointKey, chains: Vec<(Chain, u64)>) -> Counts {
    let signing = stream::iter(chains).map(|(chain, _)| async move {
        let result = one(signer, key, chain).await;
        result.inspect_err(|error| tracing::error!(%error, %chain, "a chain was not signed"))
    });
    let count = |mut counts: Counts, result: Result<(), SignError>| async move {
        match result {
            Ok(()) => counts.signed += 1,
            Err(error) => {
                counts.left += 1;
                counts.forked += usize::from(matches!(error, SignError::Forked { .. }));
            }
        }
        counts
    };
    signing.buffer_unordered(UNDER_WAY).fold(Counts::default(), count).await
}

async fn one(signer: &Signer, key: &CheckpointKey, chain: Chain) -> Result<(), SignError> {
    let platform = signer.store.platform();
    let head = platform.chain_head(chain).await?;
    let before = newest(signer, key, chain).await?;
    lead_on(signer, chain, before.as_ref(), &head).await?;
    let checkpoint = match before {
        Some(before) if before.checkpoint.size == head.size => before.of(head.peaks),
        _ => match keep(signer, key, chain, head).await? {
            Some(checkpoint) => checkpoint,
            // Another run was faster; the next one looks at what it wrote.
            None => return Ok(()),
        },
    };
    Ok(platform.signed(chain, &checkpoint).await?)
}

/// Signs the chain as long as it is and keeps that in the archive; `None` if something stands there already.
async fn keep(
    signer: &Signer,
    key: &CheckpointKey,
    chain: Chain,
    head: Frontier,
) -> Result<Option<Checkpoint>, SignError> {
    let at = signer.world.now();
    let note = key.sign(&chain.to_string(), &head, at);
    let name = checkpoints::name(&chain.to_string(), head.size);
    let kept = signer.archive.keep(&name, note.as_bytes()).await?;
    let checkpoint = Checkpoint { size: head.size, at, note, key: key.verifier(), peaks: head.peaks };
    Ok(matches!(kept, Kept::New).then_some(checkpoint))
}

/// What was signed last, with the note and the key that it was signed with.
struct Before {
    checkpoint: SignedCheckpoint,
    note: String,
    key: String,
}

impl Before {
    fn of(self, peaks: Vec<vestibule_chain::Digest>) -> Checkpoint {
        let SignedCheckpoint { size, at, .. } = self.checkpoint;
        Checkpoint { size, at, note: self.note, key: self.key, peaks }
    }
}

/// The newest checkpoint of the archive, perhaps signed with a key of before.
async fn newest(signer: &Signer, key: &CheckpointKey, chain: Chain) -> Result<Option<Before>, SignError> {
    let chain = chain.to_string();
    let Some(name) = signer.archive.newest(&checkpoints::prefix(&chain)).await? else { return Ok(None) };
    let Some(bytes) = signer.archive.read(&name).await? else { return Ok(None) };
    let note = String::from_utf8_lossy(&bytes).into_owned();
    let verifiers = key.verifiers();
    let checkpoint = SignedCheckpoint::open(&note, &chain, &verifiers)?;
    let signed_by = |verifier: &&Verifier| verifier.open(&note, &chain).is_ok();
    let key = verifiers.iter().find(signed_by).map_or_else(|| key.verifier(), ToString::to_string);
    Ok(Some(Before { checkpoint, note, key }))
}

/// Whether the entries lead from what was signed to the head. The right edge of what was signed stands in the table: it is
/// believed only if it gives the signed root, and otherwise made anew from the first entry on.
async fn lead_on(
    signer: &Signer,
    chain: Chain,
    before: Option<&Before>,
    head: &Frontier,
) -> Result<(), SignError> {
    let platform = signer.store.platform();
    let mut tree = Frontier::default();
    if let Some(Before { checkpoint: signed, .. }) = before {
        let forked = || SignError::Forked { signed: signed.size, size: head.size };
        let known = platform.newest_checkpoint(chain).await?;
        let edge = known.map(|known| Frontier { size: known.size, peaks: known.peaks });
        let is_signed =
            |tree: &Frontier| tree.size == signed.size && tree.is_whole() && tree.root() == signed.root;
        tree = match edge.filter(is_signed) {
            Some(edge) => edge,
            None => platform.lead_on(chain, tree, signed.size).await?,
        };
        if !is_signed(&tree) || head.size < signed.size {
            return Err(forked());
        }
    }
    let size = tree.size;
    let led = platform.lead_on(chain, tree, head.size).await?;
    if led == *head { Ok(()) } else { Err(SignError::Forked { signed: size, size: head.size }) }
}
