//! E-signature webhooks: proof first, then one neutral event for every vendor.
//!
//! The signature is checked over the raw bytes before anything is parsed, in constant time, against every key
//! held (rotation). A proved event is then read leniently: what happened, to which envelope, about which documents,
//! when. Nothing else in it is looked at, and nothing but a body that is no JSON object is refused.

mod docusign;
mod field;
mod node;
pub mod signing;
mod standard_webhooks;

use std::str::FromStr;

use http::HeaderMap;
use jiff::Timestamp;
use secrecy::SecretString;

/// Where a webhook comes from: the path segment of its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// `DocuSign` Connect in SIM mode, segment `docusign`.
    DocuSign,
    /// Anything that signs as Standard Webhooks do, segment `standard`.
    Standard,
}

impl Vendor {
    /// The path segment.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DocuSign => "docusign",
            Self::Standard => "standard",
        }
    }
}

/// No vendor has this path segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such e-signature vendor")]
pub struct UnknownVendor;

impl FromStr for Vendor {
    type Err = UnknownVendor;

    fn from_str(segment: &str) -> Result<Self, UnknownVendor> {
        match segment {
            "docusign" => Ok(Self::DocuSign),
            "standard" => Ok(Self::Standard),
            _ => Err(UnknownVendor),
        }
    }
}

/// What happened to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignKind {
    /// Sent to the signers.
    Sent,
    /// Opened by a signer.
    Viewed,
    /// Signed by everybody: complete.
    Signed,
    /// A signer said no.
    Declined,
    /// Withdrawn by the sender.
    Voided,
    /// Not signed in time.
    Expired,
    /// The vendor's own word for anything else (a token of at most 128 characters); to be acknowledged and
    /// dropped. Empty when the event says nothing: nobody can tell what it means.
    Other(String),
}

impl SignKind {
    /// A word for it: ours, or the vendor's own for anything else.
    pub fn word(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Viewed => "viewed",
            Self::Signed => "signed",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Expired => "expired",
            Self::Other(word) => word,
        }
    }
}

/// How far the body of an event can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The signature covers the body.
    BodySigned,
    /// The body is only a hint: read the document from the vendor before acting.
    HintOnly,
}

/// One event. Ids are tokens of at most 128 characters of `[A-Za-z0-9._:-]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignEvent {
    /// The vendor.
    pub provider: Vendor,
    /// What happened.
    pub kind: SignKind,
    /// The vendor's id of the envelope or document; empty when the event names none.
    pub provider_document_id: String,
    /// The texts in which our own ids, `<hire id>/<document kind>`, should stand, as people wrote them; each once,
    /// none blank, in the order of the alphabet.
    pub correlations: Vec<String>,
    /// When it happened, by the vendor's clock; `None` when the event does not tell, or tells what cannot be.
    pub occurred_at: Option<Timestamp>,
    /// The same for every delivery of the same event.
    pub delivery_key: String,
    /// How far the body can be believed.
    pub trust: Trust,
}

/// Why a webhook was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EsignError {
    /// No signature, or a header that belongs to it is absent.
    #[error("the webhook carries no signature")]
    SignatureMissing,
    /// No signature matches any key.
    #[error("the webhook's signature does not match")]
    SignatureWrong,
    /// Signed, but more than five minutes away from now in either direction.
    #[error("the webhook's timestamp is too far from now")]
    TimestampOld,
    /// Signed, but no event.
    #[error("the webhook's body is malformed: {detail}")]
    Malformed {
        /// What is wrong.
        detail: &'static str,
    },
    /// The keys held cannot prove anything.
    #[error(transparent)]
    Key(#[from] KeyRefused),
}

/// Why signing keys were refused. Holding none would let everybody in or nobody; both are mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// There is no key.
    #[error("there is no webhook signing key")]
    NoKey,
    /// A key is empty or blank.
    #[error("a webhook signing key is empty")]
    Empty,
    /// A Standard Webhooks secret is not base64 of 24 to 64 bytes.
    #[error("a webhook signing secret is not base64 of 24 to 64 bytes")]
    Malformed,
}

/// Checks and reads the webhooks of one endpoint.
#[derive(Debug)]
pub struct Verifier(Inner);

#[derive(Debug)]
enum Inner {
    DocuSign(docusign::Keys),
    Standard(standard_webhooks::Keys),
}

impl Verifier {
    /// Takes all keys that are valid now; refuses none at all and empty or malformed ones.
    pub fn new(vendor: Vendor, keys: &[SecretString]) -> Result<Self, KeyRefused> {
        if keys.is_empty() {
            return Err(KeyRefused::NoKey);
        }
        let inner = match vendor {
            Vendor::DocuSign => Inner::DocuSign(docusign::Keys::new(keys)?),
            Vendor::Standard => Inner::Standard(standard_webhooks::Keys::new(keys)?),
        };
        Ok(Self(inner))
    }

    /// Proves `raw_body` (exactly as received, base64 of the gateway undone) and reads it.
    pub fn read(
        &self,
        headers: &HeaderMap,
        raw_body: &[u8],
        now: Timestamp,
    ) -> Result<SignEvent, EsignError> {
        match &self.0 {
            Inner::DocuSign(keys) => {
                keys.verify(headers, raw_body)?;
                docusign::read(raw_body)
            }
            Inner::Standard(keys) => {
                let delivery = keys.verify(headers, raw_body, now)?;
                standard_webhooks::read(&delivery, raw_body)
            }
        }
    }
}

/// [`Verifier::new`] and [`Verifier::read`] in one.
pub fn verify_and_read(
    vendor: Vendor,
    keys: &[SecretString],
    headers: &HeaderMap,
    raw_body: &[u8],
    now: Timestamp,
) -> Result<SignEvent, EsignError> {
    Verifier::new(vendor, keys)?.read(headers, raw_body, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_is_its_path_segment_exactly() {
        for vendor in [Vendor::DocuSign, Vendor::Standard] {
            assert_eq!(vendor.as_str().parse(), Ok(vendor));
        }
        for segment in ["", "DocuSign", "docusign/", "standard ", "pandadoc"] {
            assert_eq!(segment.parse::<Vendor>(), Err(UnknownVendor), "{segment}");
        }
    }

    #[test]
    fn no_key_and_empty_keys_are_refused() {
        for vendor in [Vendor::DocuSign, Vendor::Standard] {
            assert_eq!(Verifier::new(vendor, &[]).err(), Some(KeyRefused::NoKey));
            for empty in ["", " ", "\n"] {
                let keys =
                    [SecretString::from("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="), empty.into()];
                assert_eq!(Verifier::new(vendor, &keys).err(), Some(KeyRefused::Empty));
            }
        }
    }

    #[test]
    fn an_empty_key_never_verifies_anything() {
        let read =
            verify_and_read(Vendor::DocuSign, &["".into()], &HeaderMap::new(), b"{}", Timestamp::UNIX_EPOCH);
        assert_eq!(read, Err(EsignError::Key(KeyRefused::Empty)));
    }
}
