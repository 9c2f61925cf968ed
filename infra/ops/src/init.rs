//! The first keys of a stack, where there are none yet.

use vestibule_auth::{FieldKeys, SigningKey, VerificationKeys};
use vestibule_chain::CheckpointKey;
use vestibule_domain::World;

use crate::{AuditKey, KeyPair, OpsError, Vault, vault::parts};

/// Which secrets got their first value.
#[expect(clippy::struct_excessive_bools, reason = "each secret got a value or had one")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Initialised {
    /// The private key that signs tokens.
    pub signing: bool,
    /// The public keys.
    pub verification: bool,
    /// The ring of field keys.
    pub ring: bool,
    /// The key that signs checkpoints of the audit log.
    pub audit: bool,
}

/// Gives keys to those of the secrets that hold none or a placeholder, and leaves the others alone.
/// Everything is read before anything is written; refuses values that are no keys, and pairs that do
/// not belong together.
pub async fn init_keys(
    vault: &Vault,
    names: &KeyPair,
    ring_name: &str,
    audit_key: &AuditKey,
    world: &World,
) -> Result<Initialised, OpsError> {
    let (signing_version, signing) = parts(vault.signing(&names.signing).await?);
    let (published_version, published) = parts(vault.published(&names.verification).await?);
    let (ring_version, ring) = parts(vault.ring(ring_name).await?);
    let (audit_version, audit) = parts(vault.audit(&audit_key.secret).await?);
    let new_audit = match &audit {
        None => Some(CheckpointKey::generate(&audit_key.name, world.bytes())?),
        Some(_) => None,
    };
    let new = if signing.is_none() { Some(SigningKey::generate()?) } else { None };
    let Ok(keys) = to_publish(signing.as_ref(), new.as_ref(), published) else {
        return Err(OpsError::Unpaired(names.verification.clone()));
    };
    // The public half goes first: no token is ever signed with a key that nobody knows.
    if let Some(keys) = &keys {
        vault.publish(&names.verification, published_version.as_ref(), keys).await?;
    }
    if let Some(key) = &new {
        vault.write(&names.signing, signing_version.as_ref(), &key.to_secret()).await?;
    }
    if ring.is_none() {
        vault.write(ring_name, ring_version.as_ref(), &FieldKeys::generate(world)).await?;
    }
    if let Some(key) = &new_audit {
        vault.write(&audit_key.secret, audit_version.as_ref(), &key.to_secret()).await?;
    }
    Ok(Initialised {
        signing: new.is_some(),
        verification: keys.is_some(),
        ring: ring.is_none(),
        audit: new_audit.is_some(),
    })
}

/// A signing key whose public half is missing from published keys.
struct Unpaired;

/// What the published keys become, if anything: keys that are there stay, since tokens signed with
/// them may live.
fn to_publish(
    signing: Option<&SigningKey>,
    new: Option<&SigningKey>,
    published: Option<VerificationKeys>,
) -> Result<Option<VerificationKeys>, Unpaired> {
    let found =
        |key: &SigningKey| published.iter().flat_map(|set| &set.keys).any(|known| known == key.public());
    match (signing, &published) {
        (Some(key), _) if found(key) => return Ok(None),
        (Some(_), Some(_)) => return Err(Unpaired),
        _ => {}
    }
    let first = signing.or(new).map(|key| key.public().clone());
    let keys = first.into_iter().chain(published.unwrap_or_default().keys).collect();
    Ok(Some(VerificationKeys { keys }))
}
