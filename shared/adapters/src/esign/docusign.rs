//! `DocuSign` Connect: JSON SIM messages, proved by `X-DocuSign-Signature-1` to `-100`.
//!
//! There is a header per active key of the account, and a key of ours may be older or newer, so any header
//! may match any key. Messages carry no delivery id and no signed time: repetitions are told by their
//! content. <https://developers.docusign.com/platform/webhooks/connect/>

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{EsignError, KeyRefused, SignEvent, SignKind, Trust, Vendor, field};

const HEADER_PREFIX: &str = "x-docusign-signature-";
const CORRELATION_FIELD: &str = "vestibule_document";

/// The keys of an account.
#[derive(Debug)]
pub(super) struct Keys(Vec<hmac::Key>);

impl Keys {
    pub(super) fn new(keys: &[SecretString]) -> Result<Self, KeyRefused> {
        keys.iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    /// Succeeds when any header matches any key.
    pub(super) fn verify(&self, headers: &HeaderMap, raw_body: &[u8]) -> Result<(), EsignError> {
        let claimed: Vec<_> = headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with(HEADER_PREFIX))
            .map(|(_, value)| STANDARD.decode(value.as_bytes()).unwrap_or_default())
            .collect();
        if claimed.is_empty() {
            return Err(EsignError::SignatureMissing);
        }
        let proved = self
            .0
            .iter()
            .map(|key| hmac::sign(key, raw_body))
            .any(|tag| claimed.iter().any(|claim| verify_slices_are_equal(tag.as_ref(), claim).is_ok()));
        if proved { Ok(()) } else { Err(EsignError::SignatureWrong) }
    }
}

/// The HMAC key of an account's key text, surrounding blanks aside.
pub(super) fn key(secret: &SecretString) -> Result<hmac::Key, KeyRefused> {
    match secret.expose_secret().trim() {
        "" => Err(KeyRefused::Empty),
        text => Ok(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())),
    }
}

/// Reads a proved message.
pub(super) fn read(raw_body: &[u8]) -> Result<SignEvent, EsignError> {
    let body = field::object(raw_body)?;
    let kind = kind(field::required_token(&body, "/event")?);
    let document = field::token(&body, "/data/envelopeId")?;
    if document.is_none() && !matches!(kind, SignKind::Other(_)) {
        return Err(field::malformed("/data/envelopeId"));
    }
    let occurred_at = field::time(&body, "/generatedDateTime")?;
    Ok(SignEvent {
        provider: Vendor::DocuSign,
        kind,
        provider_document_id: document.unwrap_or_default(),
        correlation: correlation(&body),
        occurred_at,
        delivery_key: delivery_key(&body, occurred_at)?,
        trust: Trust::BodySigned,
    })
}

fn kind(event: String) -> SignKind {
    match event.as_str() {
        "envelope-sent" => SignKind::Sent,
        "envelope-delivered" => SignKind::Viewed,
        "envelope-completed" => SignKind::Signed,
        "envelope-declined" => SignKind::Declined,
        "envelope-voided" => SignKind::Voided,
        _ => SignKind::Other(event),
    }
}

fn correlation(body: &Value) -> Option<String> {
    let fields = body.pointer("/data/envelopeSummary/customFields/textCustomFields")?;
    let ours = |field: &&Value| field.get("name").and_then(Value::as_str) == Some(CORRELATION_FIELD);
    field::correlation(fields.as_array()?.iter().find(ours)?.get("value"))
}

// `retryCount` differs between attempts, so a hash of the body would not do.
fn delivery_key(body: &Value, occurred_at: Option<Timestamp>) -> Result<String, EsignError> {
    let pointers = ["/configurationId", "/event", "/data/envelopeId", "/data/recipientId"];
    let mut parts = Vec::with_capacity(pointers.len() + 1);
    for pointer in pointers {
        parts.push(field::token(body, pointer)?.unwrap_or_default());
    }
    parts.push(occurred_at.map(|time| time.to_string()).unwrap_or_default());
    Ok(parts.join("|"))
}

#[cfg(test)]
mod tests;
