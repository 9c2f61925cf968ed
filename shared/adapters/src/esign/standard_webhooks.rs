//! Standard Webhooks, symmetric scheme `v1`.
//!
//! Our own: the published crate takes the system clock, accepts an empty secret and shows its key in debug
//! output. <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::{EsignError, KeyRefused, SignEvent, SignKind, Trust, Vendor, field};

const TOLERANCE_SECONDS: u64 = 5 * 60;

/// The secrets of an endpoint.
#[derive(Debug)]
pub(super) struct Keys(Vec<hmac::Key>);

/// The proved id of a delivery, the same for all its repetitions.
#[derive(Debug)]
pub(super) struct DeliveryId(String);

impl Keys {
    pub(super) fn new(secrets: &[SecretString]) -> Result<Self, KeyRefused> {
        secrets.iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    /// Succeeds when a `v1` signature matches any key and the signed time is within five minutes of `now`.
    pub(super) fn verify(
        &self,
        headers: &HeaderMap,
        raw_body: &[u8],
        now: Timestamp,
    ) -> Result<DeliveryId, EsignError> {
        let id = header(headers, "webhook-id")?;
        let timestamp = header(headers, "webhook-timestamp")?;
        let claimed: Vec<_> = header(headers, "webhook-signature")?
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .collect();
        let seconds: u64 = timestamp.parse().map_err(|_| EsignError::SignatureWrong)?;
        // A dot in the id or another spelling of the time would let the same signed bytes be cut elsewhere.
        if !field::is_token(id) || id.contains('.') || timestamp != seconds.to_string() {
            return Err(EsignError::SignatureWrong);
        }
        let content = signed_content(id, seconds, raw_body);
        let matches = |key: &hmac::Key| claimed.iter().any(|tag| hmac::verify(key, &content, tag).is_ok());
        if !self.0.iter().any(matches) {
            return Err(EsignError::SignatureWrong);
        }
        let now = u64::try_from(now.as_second()).unwrap_or_default();
        if now.abs_diff(seconds) > TOLERANCE_SECONDS {
            return Err(EsignError::TimestampOld);
        }
        Ok(DeliveryId(id.to_owned()))
    }
}

/// The HMAC key of a secret: base64 of 24 to 64 bytes, with or without `whsec_`.
pub(super) fn key(secret: &SecretString) -> Result<hmac::Key, KeyRefused> {
    let text = secret.expose_secret().trim();
    let encoded = text.strip_prefix("whsec_").unwrap_or(text);
    if encoded.is_empty() {
        return Err(KeyRefused::Empty);
    }
    match STANDARD.decode(encoded) {
        Ok(bytes) if (24..=64).contains(&bytes.len()) => Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes)),
        _ => Err(KeyRefused::Malformed),
    }
}

/// What is signed: id, timestamp and body, joined by dots.
pub(super) fn signed_content(id: &str, seconds: u64, raw_body: &[u8]) -> Vec<u8> {
    [format!("{id}.{seconds}.").as_bytes(), raw_body].concat()
}

/// Reads a proved body.
pub(super) fn read(delivery: &DeliveryId, raw_body: &[u8]) -> Result<SignEvent, EsignError> {
    let body = field::object(raw_body)?;
    let kind = kind(field::required_token(&body, "/type")?);
    let document = field::token(&body, "/data/documentId")?;
    if document.is_none() && !matches!(kind, SignKind::Other(_)) {
        return Err(field::malformed("/data/documentId"));
    }
    Ok(SignEvent {
        provider: Vendor::Standard,
        kind,
        provider_document_id: document.unwrap_or_default(),
        correlation: field::correlation(body.pointer("/data/correlation")),
        occurred_at: field::time(&body, "/timestamp")?,
        delivery_key: delivery.0.clone(),
        trust: Trust::BodySigned,
    })
}

fn kind(event: String) -> SignKind {
    match event.as_str() {
        "document.sent" => SignKind::Sent,
        "document.viewed" => SignKind::Viewed,
        "document.completed" => SignKind::Signed,
        "document.declined" => SignKind::Declined,
        "document.voided" => SignKind::Voided,
        "document.expired" => SignKind::Expired,
        _ => SignKind::Other(event),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, EsignError> {
    let value = headers.get(name).ok_or(EsignError::SignatureMissing)?;
    value.to_str().map_err(|_| EsignError::SignatureWrong)
}

#[cfg(test)]
mod tests;
