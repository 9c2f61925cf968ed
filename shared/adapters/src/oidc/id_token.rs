//! The checks of an ID token (`OpenID` Connect Core, 3.1.3.7), with the clock as an argument. Only claims that
//! decide are looked at.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::discovery::Published;
use super::fields::Fields;
use super::key::{Algorithm, Key, decoded};
use super::{Kind, ProviderConfig, Refusal, microsoft};

/// How far the provider's clock may be ahead.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// Longest subject that the standard allows.
const LONGEST_SUBJECT: usize = 255;
/// The last second that a time can name; what is later is no time.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// An ID token taken apart; nothing of it is believed yet.
pub(super) struct Token {
    message: String,
    signature: Vec<u8>,
    algorithm: Algorithm,
    /// The name of the key that it says it is signed with. It selects among the provider's own keys only.
    pub(super) key_id: Option<String>,
    claims: Fields,
}

impl Token {
    /// Takes apart what the provider sent.
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let no_token = Refusal::Answer("id_token");
        let (message, signature) = text.rsplit_once('.').ok_or(no_token)?;
        let (header, claims) = message.split_once('.').ok_or(no_token)?;
        let read = |part: &str| Fields::read(&decoded(part)?);
        let (header, claims) = read(header).zip(read(claims)).ok_or(no_token)?;
        let algorithm = header.text("alg").and_then(|name| Algorithm::of(&name));
        let algorithm = algorithm.ok_or(Refusal::Signature("alg"))?;
        // Tokens of other kinds say what they are; extensions that must be understood are not.
        let kind = header.text("typ").unwrap_or_else(|| "JWT".into());
        if !["jwt", "id_token+jwt"].contains(&kind.to_ascii_lowercase().as_str()) {
            return Err(Refusal::Signature("typ"));
        }
        if header.has("crit") {
            return Err(Refusal::Signature("crit"));
        }
        let key_id = header.text("kid");
        if key_id.is_none() && header.value("kid").is_some() {
            return Err(Refusal::Signature("kid"));
        }
        let signature = decoded(signature).ok_or(Refusal::Signature("signature"))?;
        Ok(Self { message: message.to_owned(), signature, algorithm, key_id, claims })
    }

    /// The key that signed it: one with the name that it gives, or, where it or the key has none, the only
    /// one that fits.
    fn signer<'a>(&self, published: &'a Published) -> Result<&'a Key, Refusal> {
        let mut fitting = published.keys_of(self.key_id.as_deref());
        fitting.retain(|key| key.is_for(self.algorithm));
        let named = self.key_id.is_some() && fitting.iter().all(|key| key.id.is_some());
        if fitting.is_empty() || (fitting.len() > 1 && !named) {
            return Err(Refusal::Signature("kid"));
        }
        let signed = |key: &&Key| key.verifies(self.message.as_bytes(), &self.signature);
        fitting.into_iter().find(signed).ok_or(Refusal::Signature("signature"))
    }
}

/// What a token has to agree with.
pub(super) struct Expected<'a> {
    pub(super) config: &'a ProviderConfig,
    pub(super) published: &'a Published,
    pub(super) nonce: &'a str,
    /// What came with the token, for `at_hash`.
    pub(super) access_token: Option<&'a str>,
    pub(super) now: Timestamp,
}

impl Expected<'_> {
    /// The claims and the key of the person.
    pub(super) fn verify<'t>(&self, token: &'t Token) -> Result<(&'t Fields, String), Refusal> {
        let claims = &token.claims;
        let key = token.signer(self.published)?;
        let issuer = claims.text("iss").ok_or(Refusal::Claim("iss"))?;
        if self.config.kind == Kind::Standard && issuer != self.published.issuer {
            return Err(Refusal::Claim("iss"));
        }
        self.check_audience(claims)?;
        self.check_times(claims)?;
        let nonce = claims.text("nonce").ok_or(Refusal::Claim("nonce"))?;
        verify_slices_are_equal(nonce.as_bytes(), self.nonce.as_bytes())
            .map_err(|_| Refusal::Claim("nonce"))?;
        self.check_access_token(claims)?;
        Ok((claims, self.identity_key(claims, &issuer, key)?))
    }

    /// For us and for nobody else.
    fn check_audience(&self, claims: &Fields) -> Result<(), Refusal> {
        let ours = |value: &Value| value.as_str() == Some(&self.config.client_id);
        let audience = claims.list("aud").unwrap_or_default();
        if audience.is_empty() || !audience.iter().all(ours) {
            return Err(Refusal::Claim("aud"));
        }
        let party = claims.value("azp");
        if party.is_none_or(|party| ours(&party)) { Ok(()) } else { Err(Refusal::Claim("azp")) }
    }

    fn check_times(&self, claims: &Fields) -> Result<(), Refusal> {
        let time = |name: &'static str| seconds(claims, name).ok_or(Refusal::Time(name));
        let now = self.now.as_duration().as_secs_f64();
        let latest = now + LEEWAY.as_secs_f64();
        if time("exp")? <= now {
            return Err(Refusal::Time("exp"));
        }
        if time("iat")? > latest {
            return Err(Refusal::Time("iat"));
        }
        if claims.has("nbf") && time("nbf")? > latest {
            return Err(Refusal::Time("nbf"));
        }
        Ok(())
    }

    fn check_access_token(&self, claims: &Fields) -> Result<(), Refusal> {
        let Some(expected) = claims.value("at_hash") else { return Ok(()) };
        let refused = Refusal::Claim("at_hash");
        let expected = expected.as_str().and_then(decoded).ok_or(refused)?;
        let actual = digest(&SHA256, self.access_token.ok_or(refused)?.as_bytes());
        verify_slices_are_equal(&actual.as_ref()[..16], &expected).map_err(|_| refused)
    }

    fn identity_key(&self, claims: &Fields, issuer: &str, key: &Key) -> Result<String, Refusal> {
        match &self.config.kind {
            Kind::Standard => {
                let subject = claims.text("sub").ok_or(Refusal::Claim("sub"))?;
                let printable = subject.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
                if subject.trim().is_empty() || subject.len() > LONGEST_SUBJECT || !printable {
                    return Err(Refusal::Claim("sub"));
                }
                Ok(format!("{}|{subject}", self.config.issuer))
            }
            Kind::Microsoft { tenants } => {
                let issuers = (self.published.issuer.as_str(), key.issuer.as_deref());
                microsoft::identity_key(claims, issuer, issuers, tenants)
            }
        }
    }
}

/// A time in seconds since 1970, whole or not.
fn seconds(claims: &Fields, name: &str) -> Option<f64> {
    claims.value(name)?.as_f64().filter(|seconds| (0.0..=LAST_SECOND).contains(seconds))
}
