//! The key that signs checkpoints of the audit log. Its secret holds the public keys of those before it too: what they have
//! signed stays good.

use vestibule_domain::World;

use crate::{OpsError, Vault, vault::filled};

/// The secret of the key, and the name that a first key gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditKey {
    /// Holds the key.
    pub secret: String,
    /// Stands in every checkpoint, such as `accounts.acme.example/audit`.
    pub name: String,
}

/// Puts a new key in the place of the one that signs checkpoints; the new public key.
pub async fn rotate_audit_key(vault: &Vault, secret: &str, world: &World) -> Result<String, OpsError> {
    let (version, key) = filled(secret, vault.audit(secret).await?)?;
    let key = key.rotated(world.bytes())?;
    vault.write(secret, Some(&version), &key.to_secret()).await?;
    Ok(key.verifier())
}

/// The public keys that checkpoints may be signed by, the present one first.
pub async fn audit_keys(vault: &Vault, secret: &str) -> Result<Vec<String>, OpsError> {
    let (_, key) = filled(secret, vault.audit(secret).await?)?;
    Ok(key.verifiers().iter().map(ToString::to_string).collect())
}
