//! The key that signs checkpoints.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Frontier,
    note::{NoteError, Verifier},
};

/// The secret key that signs checkpoints, with the public keys of those before it.
pub struct CheckpointKey {
    seed: SecretSlice<u8>,
    pair: Ed25519KeyPair,
    verifier: Verifier,
    before: Vec<Verifier>,
}

/// The key as its secret holds it.
#[derive(Deserialize)]
struct Kept {
    name: String,
    seed: SecretString,
    before: Vec<String>,
}

impl CheckpointKey {
    /// A new key with this name, such as `accounts.acme.example/audit`, from 32 random bytes.
    pub fn generate(name: &str, seed: [u8; 32]) -> Result<Self, NoteError> {
        Self::of(name, seed.to_vec().into(), Vec::new())
    }

    /// A new key of the same name in the place of this one, whose public key goes to those before.
    pub fn rotated(&self, seed: [u8; 32]) -> Result<Self, NoteError> {
        Self::of(self.verifier.name(), seed.to_vec().into(), self.verifiers())
    }

    fn of(name: &str, seed: SecretSlice<u8>, before: Vec<Verifier>) -> Result<Self, NoteError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed.expose_secret()).map_err(|_| NoteError::Secret)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| NoteError::Secret)?;
        Ok(Self { verifier: Verifier::new(name, public)?, seed, pair, before })
    }

    /// Reads the form that [`CheckpointKey::to_secret`] gives.
    pub fn from_secret(secret: &SecretString) -> Result<Self, NoteError> {
        let kept: Kept = serde_json::from_str(secret.expose_secret()).map_err(|_| NoteError::Secret)?;
        let seed = STANDARD.decode(kept.seed.expose_secret()).map_err(|_| NoteError::Secret)?;
        let before: Result<_, _> = kept.before.iter().map(|key| key.parse()).collect();
        Self::of(&kept.name, seed.into(), before?)
    }

    /// JSON of name, seed and the public keys before: what Secrets Manager keeps.
    pub fn to_secret(&self) -> SecretString {
        let before: Vec<_> = self.before.iter().map(Verifier::to_string).collect();
        let seed = STANDARD.encode(self.seed.expose_secret());
        json!({ "name": self.verifier.name(), "seed": seed, "before": before }).to_string().into()
    }

    /// The signed note that says of `chain` how long it is and which root it has.
    pub fn sign(&self, chain: &str, frontier: &Frontier, at: Timestamp) -> String {
        let (name, size, root) = (self.verifier.name(), frontier.size, frontier.root());
        self.sign_text(&format!("{name}/{chain}\n{size}\n{root}\ntime {at}\n"))
    }

    pub(crate) fn sign_text(&self, text: &str) -> String {
        let signature = self.verifier.line(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n{signature}")
    }

    /// The public key as text ("vkey"), which whoever checks a checkpoint needs.
    pub fn verifier(&self) -> String {
        self.verifier.to_string()
    }

    /// The public keys that checkpoints may be signed by: this one's, then those before it.
    pub fn verifiers(&self) -> Vec<Verifier> {
        std::iter::once(&self.verifier).chain(&self.before).cloned().collect()
    }
}

impl std::fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CheckpointKey({})", self.verifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_and_shows_nothing() {
        let key = CheckpointKey::generate("acme.example/audit", [1; 32]).unwrap();
        let kept = CheckpointKey::from_secret(&key.to_secret()).unwrap();
        assert_eq!(kept.verifiers(), key.verifiers());
        assert_eq!(format!("{key:?}"), format!("CheckpointKey({})", key.verifier()));
        for wrong in ["", "-", "{}", r#"{"name":"a","seed":"AAAA","before":[]}"#] {
            assert_eq!(CheckpointKey::from_secret(&wrong.into()).err(), Some(NoteError::Secret), "{wrong}");
        }
        for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
            assert_eq!(CheckpointKey::generate(name, [1; 32]).err(), Some(NoteError::Name), "{name}");
        }
    }

    #[test]
    fn after_a_rotation_old_checkpoints_still_open() {
        let old = CheckpointKey::generate("acme.example/audit", [1; 32]).unwrap();
        let note = old.sign("platform", &Frontier::default(), Timestamp::UNIX_EPOCH);
        let new = CheckpointKey::from_secret(&old.rotated([2; 32]).unwrap().to_secret()).unwrap();
        assert_ne!(new.verifier(), old.verifier());
        assert!(crate::SignedCheckpoint::open(&note, "platform", &new.verifiers()).is_ok());
        assert!(crate::SignedCheckpoint::open(&note, "platform", &new.verifiers()[..1]).is_err());
    }
}
