//! ES256 keys: making, storing, publishing. A key is known by its id; several can be valid at
//! once, so a new one can be published before it signs and an old one kept while its tokens live.

use std::{collections::HashMap, sync::Arc};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, Signature},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};

/// A key that cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is not in the form it is kept in")]
pub struct KeyError;

/// One public key as RFC 7517 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Key id: the SHA-256 of the point, shortened.
    pub kid: String,
    /// Always `EC`.
    pub kty: String,
    /// Always `P-256`.
    pub crv: String,
    /// Always `ES256`.
    pub alg: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Base64url of the point's x.
    pub x: String,
    /// Base64url of the point's y.
    pub y: String,
}

/// The public keys that tokens may be signed with, as a JWK set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VerificationKeys {
    /// The keys, newest first.
    pub keys: Vec<PublicKey>,
}

impl VerificationKeys {
    /// The keys by their ids, ready to verify with. What is not a key is left out.
    pub(crate) fn decoding(&self) -> HashMap<String, DecodingKey> {
        let ready =
            |key: &PublicKey| Some((key.kid.clone(), DecodingKey::from_ec_components(&key.x, &key.y).ok()?));
        self.keys.iter().filter_map(ready).collect()
    }
}

/// A private key that signs access tokens.
#[derive(Clone)]
pub struct SigningKey {
    public: PublicKey,
    pkcs8: SecretSlice<u8>,
    /// Read once: reading it costs more than a signature.
    pair: Arc<EcdsaKeyPair>,
}

impl SigningKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        Self::from_pkcs8(document.map_err(|_| KeyError)?.as_ref())
    }

    /// Reads a key from base64 of its PKCS#8 form, as kept in Secrets Manager.
    pub fn from_secret(secret: &SecretString) -> Result<Self, KeyError> {
        let pkcs8 = URL_SAFE_NO_PAD.decode(secret.expose_secret()).map_err(|_| KeyError)?;
        Self::from_pkcs8(&pkcs8)
    }

    /// The form that [`SigningKey::from_secret`] reads.
    pub fn to_secret(&self) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.pkcs8.expose_secret()).into()
    }

    fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| KeyError)?;
        let point = pair.public_key().as_ref();
        let (x, y) = point.get(1..33).zip(point.get(33..65)).ok_or(KeyError)?;
        let public = PublicKey {
            kid: URL_SAFE_NO_PAD.encode(&digest(&SHA256, point).as_ref()[..12]),
            kty: "EC".into(),
            crv: "P-256".into(),
            alg: "ES256".into(),
            usage: "sig".into(),
            x: URL_SAFE_NO_PAD.encode(x),
            y: URL_SAFE_NO_PAD.encode(y),
        };
        Ok(Self { public, pkcs8: pkcs8.to_vec().into(), pair: Arc::new(pair) })
    }

    /// The half that may be shown to everyone.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The ES256 signature of `message`: 64 bytes, as RFC 7518 wants them.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        self.pair.sign(&SystemRandom::new(), message).map_err(|_| KeyError)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public.kid)
    }
}
