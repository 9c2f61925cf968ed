//! A provider's keys, and signatures made with them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::fields::Fields;

/// Bytes of a coordinate on P-256.
const COORDINATE: usize = 32;

/// What ID tokens may be signed with. Everything else, `none` and symmetric ones above all, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    /// The algorithm of this name, exactly.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// One key that tokens can be signed with.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name, if the provider gives it one.
    pub(super) id: Option<String>,
    /// The issuer that it is for; only Microsoft says so.
    pub(super) issuer: Option<String>,
    public: Public,
}

#[derive(Debug)]
enum Public {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point.
    P256(Vec<u8>),
}

impl Key {
    /// The key, if it can sign ID tokens; kinds and uses that are unknown are passed over.
    pub(super) fn read(fields: &Fields) -> Option<Self> {
        let operations = fields.list("key_ops");
        let verifies = operations.is_none_or(|operations| operations.iter().any(|each| each == "verify"));
        let signs = !fields.has("use") || fields.value("use").is_none_or(|word| word == "sig");
        let public = Public::read(fields).filter(|_| verifies && signs)?;
        let named = fields.text("alg").map(|name| Algorithm::of(&name));
        if named.is_some_and(|algorithm| algorithm != Some(public.algorithm())) {
            return None;
        }
        Some(Self { id: fields.text("kid"), issuer: fields.text("issuer"), public })
    }

    /// Whether it is a key for this algorithm.
    pub(super) fn is_for(&self, algorithm: Algorithm) -> bool {
        self.public.algorithm() == algorithm
    }

    /// Whether `signature` is this key's over `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Rsa { n, e } => {
                let key = RsaPublicKeyComponents { n: n.as_slice(), e: e.as_slice() };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Public::P256(point) => {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(message, signature).is_ok()
            }
        }
    }
}

impl Public {
    fn read(fields: &Fields) -> Option<Self> {
        let number = |name: &str| {
            let bytes = decoded(&fields.text(name)?)?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Some(bytes[zeros..].to_vec()).filter(|bytes| !bytes.is_empty())
        };
        match fields.text("kty")?.as_str() {
            "RSA" => Some(Self::Rsa { n: number("n")?, e: number("e")? }),
            "EC" if fields.text("crv")? == "P-256" => {
                let mut point = vec![4];
                for name in ["x", "y"] {
                    let coordinate = number(name)?;
                    point.resize(point.len() + COORDINATE.checked_sub(coordinate.len())?, 0);
                    point.extend(coordinate);
                }
                Some(Self::P256(point))
            }
            _ => None,
        }
    }

    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
        }
    }
}

/// Base64url; padding, which some write, is left away.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}
