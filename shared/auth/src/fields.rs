//! Encryption of single fields: AES-256-GCM under a ring of keys, one of them current, and the
//! blind index that finds an address without its text. A sealed field is
//! `version || length of kid || kid || nonce || ciphertext and tag`; the part before the nonce
//! names the key and is authenticated with the caller's associated data.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use vestibule_domain::World;

use crate::KeyError;

/// The first byte of a sealed field.
const VERSION: u8 = 1;

/// A sealed field that cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Its key is not in the ring: the ring is old, or the key was taken out too early.
    #[error("the field is sealed with a key that is not in the ring")]
    UnknownKey,
    /// It was altered, moved to another place, or is not a sealed field.
    #[error("the field is not what was sealed here")]
    Corrupt,
}

/// The ring as its secret holds it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    current: String,
    keys: BTreeMap<String, String>,
    index: String,
}

impl Stored {
    fn read(secret: &SecretString) -> Result<Self, KeyError> {
        serde_json::from_str(secret.expose_secret()).map_err(|_| KeyError)
    }

    fn add_key(&mut self, world: &World) {
        self.current = URL_SAFE_NO_PAD.encode(world.bytes::<6>());
        self.keys.insert(self.current.clone(), STANDARD.encode(world.bytes::<32>()));
    }

    fn write(&self) -> SecretString {
        json!({ "current": self.current, "keys": self.keys, "index": self.index }).to_string().into()
    }
}

struct Ring {
    current: String,
    keys: BTreeMap<String, LessSafeKey>,
    index: hmac::Key,
}

impl Ring {
    fn read(secret: &SecretString) -> Result<Self, KeyError> {
        let stored = Stored::read(secret)?;
        let bytes = |text: &str| {
            let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == 32);
            bytes.ok_or(KeyError)
        };
        let key = |(kid, text): (String, String)| {
            let key = UnboundKey::new(&AES_256_GCM, &bytes(&text)?).map_err(|_| KeyError)?;
            let named = (1..=usize::from(u8::MAX)).contains(&kid.len());
            named.then_some((kid, LessSafeKey::new(key))).ok_or(KeyError)
        };
        let index = hmac::Key::new(hmac::HMAC_SHA256, &bytes(&stored.index)?);
        let keys = stored.keys.into_iter().map(key).collect::<Result<BTreeMap<_, _>, _>>()?;
        let current = stored.current;
        if keys.contains_key(&current) { Ok(Self { current, keys, index }) } else { Err(KeyError) }
    }

    fn index(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.index, text.as_bytes()))
    }
}

/// The keys of sealed fields. Cheap to clone; clones share the ring.
#[derive(Clone)]
pub struct FieldKeys(Arc<RwLock<Ring>>);

impl FieldKeys {
    /// Reads the ring's JSON: `{"current": kid, "keys": {kid: base64}, "index": base64}`, each key
    /// 32 bytes.
    pub fn from_secret(secret: &SecretString) -> Result<Self, KeyError> {
        Ok(Self(Arc::new(RwLock::new(Ring::read(secret)?))))
    }

    /// The JSON of a new ring with one key.
    pub fn generate(world: &World) -> SecretString {
        let index = STANDARD.encode(world.bytes::<32>());
        let mut stored = Stored { current: String::new(), keys: BTreeMap::new(), index };
        stored.add_key(world);
        stored.write()
    }

    /// The JSON of `ring` with one more key, which is now current. The index key stays.
    pub fn rotate(ring: &SecretString, world: &World) -> Result<SecretString, KeyError> {
        Ring::read(ring)?;
        let mut stored = Stored::read(ring)?;
        stored.add_key(world);
        Ok(stored.write())
    }

    /// Takes a ring read anew, in every clone. Refuses one with another index key, under which
    /// nobody would be found any more.
    pub fn replace(&self, secret: &SecretString) -> Result<(), KeyError> {
        let ring = Ring::read(secret)?;
        if ring.index("") != self.blind_index("") {
            return Err(KeyError);
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// Seals with the current key. `aad` is the field's place: partition key, sort key, name.
    /// `nonce` is random and never used twice.
    pub fn seal(&self, plain: &[u8], aad: &[u8], nonce: [u8; 12]) -> Vec<u8> {
        let ring = self.ring();
        let kid = ring.current.as_bytes();
        let head = [&[VERSION, u8::try_from(kid.len()).unwrap_or_default()], kid].concat();
        let mut body = plain.to_vec();
        let aad = Aad::from([&head, aad].concat());
        #[expect(clippy::expect_used, reason = "GCM refuses only texts of 64 GiB and more")]
        ring.keys[&ring.current]
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body)
            .expect("a field shorter than 64 GiB");
        [head, nonce.to_vec(), body].concat()
    }

    /// The plain bytes, if sealed with a key of the ring for this very place.
    pub fn open(&self, sealed: &[u8], aad: &[u8]) -> Result<Vec<u8>, FieldError> {
        let kid = Self::kid_of(sealed).ok_or(FieldError::Corrupt)?;
        let ring = self.ring();
        let key = ring.keys.get(kid).ok_or(FieldError::UnknownKey)?;
        let (head, rest) = sealed.split_at(2 + kid.len());
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(FieldError::Corrupt)?;
        let mut body = body.to_vec();
        let aad = Aad::from([head, aad].concat());
        let plain = key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut body);
        let length = plain.map_err(|_| FieldError::Corrupt)?.len();
        body.truncate(length);
        Ok(body)
    }

    /// The id of the key that seals now.
    pub fn current_kid(&self) -> String {
        self.ring().current.clone()
    }

    /// Whether the ring has the key `kid`.
    pub fn has(&self, kid: &str) -> bool {
        self.ring().keys.contains_key(kid)
    }

    /// The id of the key that `sealed` names; none if it is not a sealed field.
    pub fn kid_of(sealed: &[u8]) -> Option<&str> {
        let [VERSION, length, rest @ ..] = sealed else {
            return None;
        };
        std::str::from_utf8(rest.get(..usize::from(*length))?).ok()
    }

    /// A text that finds `text` again without telling it: HMAC-SHA256 under the index key, 43
    /// characters of base64url.
    pub fn blind_index(&self, text: &str) -> String {
        self.ring().index(text)
    }

    fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for FieldKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FieldKeys({})", self.current_kid())
    }
}

#[cfg(test)]
mod tests;
