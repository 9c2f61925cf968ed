//! The checks of an ID token (`OpenID` Connect Core, 3.1.3.7), with the clock as an argument.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IdToken, IdTokenVerifier, IssuerUrl,
    JsonWebKeySet, Nonce,
};
use serde::Deserialize;

use super::discovery::Published;
use super::{Kind, OidcError, ProviderConfig, microsoft};

pub(super) type Token =
    IdToken<microsoft::Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub(super) type Claims = openidconnect::IdTokenClaims<microsoft::Claims, CoreGenderClaim>;
type Verifier = IdTokenVerifier<'static, CoreJsonWebKey>;

/// How far the provider's clock may be ahead.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// Longest subject that the standard allows.
const LONGEST_SUBJECT: usize = 255;

#[derive(Deserialize)]
struct Header {
    kid: Option<String>,
}

/// The id of the key that the token says it is signed with. It selects among the provider's own keys only.
pub(super) fn key_id(token: &Token) -> Option<String> {
    let text = token.to_string();
    let (header, _) = text.split_once('.')?;
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    header.kid
}

/// What a token has to agree with.
pub(super) struct Expected<'a> {
    pub(super) config: &'a ProviderConfig,
    pub(super) published: &'a Published,
    pub(super) key_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) access_token: &'a AccessToken,
    pub(super) now: Timestamp,
}

impl Expected<'_> {
    /// The claims and the key of the person.
    pub(super) fn verify<'t>(&self, token: &'t Token) -> Result<(&'t Claims, String), OidcError> {
        let verifier = self.verifier()?;
        let claims = token.claims(&verifier, &Nonce::new(self.nonce.to_owned())).map_err(|e| refusal(&e))?;
        if claims.authorized_party().is_some_and(|party| party.as_str() != self.config.client_id) {
            return Err(OidcError::Refused("authorized_party"));
        }
        self.check_access_token(token, claims, &verifier)?;
        Ok((claims, self.identity_key(claims)?))
    }

    fn verifier(&self) -> Result<Verifier, OidcError> {
        let keys = self.published.keys_of(self.key_id).map(|key| key.jwk.clone()).collect();
        let issuer = IssuerUrl::new(self.published.issuer.clone());
        let issuer = issuer.map_err(|_| OidcError::Misconfigured("issuer"))?;
        let client = ClientId::new(self.config.client_id.clone());
        let now = self.now;
        let latest_issue = (now + LEEWAY).as_second();
        // A public client has no key for symmetric signatures, whatever algorithms are allowed.
        Ok(IdTokenVerifier::new_public_client(client, issuer, JsonWebKeySet::new(keys))
            .set_allowed_algs([
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            ])
            .require_issuer_match(self.config.kind == Kind::Standard)
            .set_time_fn(move || SystemTime::from(now).into())
            .set_issue_time_verifier_fn(move |issued| {
                if issued.timestamp() > latest_issue { Err("issued in the future".into()) } else { Ok(()) }
            }))
    }

    fn check_access_token(
        &self,
        token: &Token,
        claims: &Claims,
        verifier: &Verifier,
    ) -> Result<(), OidcError> {
        let Some(expected) = claims.access_token_hash() else { return Ok(()) };
        let refused = OidcError::Refused("access_token_hash");
        let algorithm = token.signing_alg().map_err(|_| refused)?;
        let key = token.signing_key(verifier).map_err(|_| refused)?;
        let actual = AccessTokenHash::from_token(self.access_token, algorithm, key).map_err(|_| refused)?;
        if actual == *expected { Ok(()) } else { Err(refused) }
    }

    fn identity_key(&self, claims: &Claims) -> Result<String, OidcError> {
        match &self.config.kind {
            Kind::Standard => {
                let subject = claims.subject().as_str();
                let printable = subject.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
                if subject.trim().is_empty() || subject.len() > LONGEST_SUBJECT || !printable {
                    return Err(OidcError::Refused("subject"));
                }
                Ok(format!("{}|{subject}", self.config.issuer))
            }
            Kind::Microsoft { tenants } => {
                let of_key = self.published.keys_of(self.key_id).find_map(|key| key.issuer.as_deref());
                let issuers = (self.published.issuer.as_str(), of_key);
                claims.additional_claims().identity_key(claims.issuer().as_str(), issuers, tenants)
            }
        }
    }
}

fn refusal(error: &ClaimsVerificationError) -> OidcError {
    OidcError::Refused(match error {
        ClaimsVerificationError::Expired(_) => "time",
        ClaimsVerificationError::InvalidAudience(_) => "audience",
        ClaimsVerificationError::InvalidIssuer(_) => "issuer",
        ClaimsVerificationError::InvalidNonce(_) => "nonce",
        ClaimsVerificationError::SignatureVerification(_) => "signature",
        _ => "id_token",
    })
}
