//! Keys of the double: real ones, made once for the whole run.

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
static STRANGER: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
static EC: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    Rs256,
    Es256,
    /// With the client secret, as a confused verifier would accept.
    Hs256(&'static str),
    /// `alg: none`, nothing behind the last dot.
    None,
    /// RS256 with a key that was never published, under the id of one that was.
    Stranger,
}

impl Signature {
    pub(super) fn header(self) -> Value {
        match self {
            Self::Rs256 | Self::Stranger => json!({ "alg": "RS256", "kid": "rsa", "typ": "JWT" }),
            Self::Es256 => json!({ "alg": "ES256", "kid": "ec", "typ": "JWT" }),
            Self::Hs256(_) => json!({ "alg": "HS256", "kid": "rsa", "typ": "JWT" }),
            Self::None => json!({ "alg": "none", "kid": "rsa", "typ": "JWT" }),
        }
    }

    /// The token of these parts.
    pub(super) fn sign(self, header: &Value, claims: &str) -> String {
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims));
        let signature = match self {
            Self::Rs256 => rsa(&RSA, &message),
            Self::Stranger => rsa(&STRANGER, &message),
            Self::Es256 => EC.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Hs256(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
                hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            Self::None => Vec::new(),
        };
        format!("{message}.{}", encoded(signature))
    }
}

fn rsa(key: &RsaKeyPair, message: &str) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    signature
}

/// The published keys: `rsa` and `ec`.
pub(super) fn published() -> Vec<Value> {
    let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(RSA.public_key());
    let point = EC.public_key().as_ref();
    let (x, y) = (&point[1..33], &point[33..65]);
    vec![
        json!({ "kid": "rsa", "kty": "RSA", "use": "sig", "n": encoded(n), "e": encoded(e) }),
        json!({ "kid": "ec", "kty": "EC", "crv": "P-256", "use": "sig", "x": encoded(x), "y": encoded(y) }),
        json!({ "kid": "future", "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA" }),
    ]
}

pub(super) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
