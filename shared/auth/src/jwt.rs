//! ES256 JWTs of several kinds, signed and checked in one place. Kinds differ in `typ` and
//! audience, both are compared exactly, so a token never passes for one of another kind. The
//! keys a verifier trusts can be replaced while it is in use.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

use crate::{SigningKey, VerificationKeys};

/// Longest token looked at.
const MAX_LENGTH: usize = 4096;
/// How far the clocks of signer and verifier may be apart, in seconds.
const LEEWAY: i64 = 5;

/// A token that is not accepted. Deliberately says no more: strangers learn nothing from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid")]
pub struct TokenError;

/// One kind of token.
pub(crate) struct Kind {
    /// The `typ` header.
    pub(crate) typ: &'static str,
    /// The `aud` claim.
    pub(crate) audience: &'static str,
    /// From `iat` to `exp`.
    pub(crate) lifetime: SignedDuration,
}

/// The claims that every kind has.
pub(crate) struct Registered<'a> {
    pub(crate) iss: &'a str,
    pub(crate) aud: &'a str,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

/// What a token of ours says, with those registered claims that we do not write ourselves: where one is there it has
/// to be what RFC 7519 says.
#[derive(Deserialize)]
struct Whole<C> {
    #[serde(flatten)]
    contents: C,
    #[serde(default, deserialize_with = "given")]
    nbf: Option<i64>,
    #[serde(default, deserialize_with = "given", rename = "jti")]
    _jti: Option<String>,
}

/// `null` is no value of a claim.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(claim: D) -> Result<Option<T>, D::Error> {
    T::deserialize(claim).map(Some)
}

/// What one kind of token says.
pub(crate) trait Contents: Serialize + DeserializeOwned {
    /// Which kind.
    const KIND: Kind;

    /// The claims that are checked for every kind.
    fn registered(&self) -> Registered<'_>;
}

/// Start and end of a token made `now`, in seconds since 1970.
pub(crate) fn span(kind: &Kind, now: Timestamp) -> (i64, i64) {
    (now.as_second(), now.as_second() + kind.lifetime.as_secs())
}

/// Whether a token has begun and not ended at `now`.
pub(crate) fn lives(iat: i64, exp: i64, now: Timestamp) -> bool {
    let now = now.as_second();
    exp > now - LEEWAY && iat <= now + LEEWAY
}

/// Signs `claims` as a token of their kind.
pub(crate) fn sign<C: Contents>(key: &SigningKey, claims: &C) -> Result<SecretString, TokenError> {
    let head = Head { typ: C::KIND.typ.into(), alg: "ES256".into(), kid: key.public().kid.clone() };
    let message = format!("{}.{}", part(&head)?, part(claims)?);
    let signature = key.sign(message.as_bytes()).map_err(|_| TokenError)?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

fn part(value: &impl Serialize) -> Result<String, TokenError> {
    serde_json::to_vec(value).map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(|_| TokenError)
}

/// The header as we write it; one that says more is not ours.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    typ: String,
    alg: String,
    kid: String,
}

impl Head {
    fn read(token: &str) -> Option<Self> {
        let (head, _) = token.split_once('.').filter(|_| token.len() <= MAX_LENGTH)?;
        let head: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
        (head.alg == "ES256").then_some(head)
    }
}

struct Ring {
    published: VerificationKeys,
    ready: HashMap<String, DecodingKey>,
}

impl From<VerificationKeys> for Ring {
    fn from(published: VerificationKeys) -> Self {
        Self { ready: published.decoding(), published }
    }
}

/// Checks tokens against the published keys of one issuer. Cheap to clone; clones share the keys.
#[derive(Clone)]
pub struct Verifier {
    ring: Arc<RwLock<Ring>>,
    issuer: Arc<str>,
}

impl Verifier {
    /// Tokens must be signed by one of `keys` and name `issuer`.
    pub fn new(keys: VerificationKeys, issuer: impl Into<String>) -> Self {
        Self { ring: Arc::new(RwLock::new(keys.into())), issuer: issuer.into().into() }
    }

    /// The keys it trusts now.
    pub fn keys(&self) -> VerificationKeys {
        self.ring().published.clone()
    }

    /// Trusts these keys from now on and no others, in every clone.
    pub fn replace(&self, keys: VerificationKeys) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
    }

    /// False for a token in our form whose key id is not among the keys: reading the keys anew may
    /// help. Anybody can write such a token, so the caller bounds how often it does that.
    pub fn knows(&self, token: &str) -> bool {
        Head::read(token).is_none_or(|head| self.ring().ready.contains_key(&head.kid))
    }

    /// What the token says, if it is ours, of the right kind, and alive at `now`. Key ids are
    /// looked up among our own keys; nothing that a token names is ever fetched.
    pub(crate) fn open<C: Contents>(&self, token: &str, now: Timestamp) -> Result<C, TokenError> {
        let claims: C = self.open_past(token, now)?;
        let Registered { iat, exp, .. } = claims.registered();
        if lives(iat, exp, now) { Ok(claims) } else { Err(TokenError) }
    }

    /// As [`Verifier::open`], for a token that has begun and may have ended since.
    pub(crate) fn open_past<C: Contents>(&self, token: &str, now: Timestamp) -> Result<C, TokenError> {
        let head = Head::read(token).filter(|head| head.typ == C::KIND.typ).ok_or(TokenError)?;
        let Whole { contents, nbf, .. } = {
            let ring = self.ring();
            let key = ring.ready.get(&head.kid).ok_or(TokenError)?;
            decode::<Whole<C>>(token, key, &self.validation(&C::KIND)).map_err(|_| TokenError)?.claims
        };
        let Registered { iss, aud, iat, exp } = contents.registered();
        let begun = [Some(iat), nbf].into_iter().flatten().all(|from| from <= now.as_second() + LEEWAY);
        let span = exp.checked_sub(iat);
        let usual = span.is_some_and(|span| (0..=C::KIND.lifetime.as_secs()).contains(&span));
        if begun && usual && iss == &*self.issuer && aud == C::KIND.audience {
            Ok(contents)
        } else {
            Err(TokenError)
        }
    }

    fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn validation(&self, kind: &Kind) -> Validation {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[kind.audience]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library reads the system clock; time is an argument here and compared in `open`.
        validation.validate_exp = false;
        validation
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verifier({})", self.issuer)
    }
}
