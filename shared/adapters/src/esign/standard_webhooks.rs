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

use super::{
    EsignError, KeyRefused, SignEvent, SignKind, Trust, Vendor, field,
    node::{Node, text_of},
};

const TOLERANCE_SECONDS: u64 = 5 * 60;
/// Where the vendor's id of the document can stand in `data`; the first one is ours to ask for.
const DOCUMENT: [&str; 5] = ["documentId", "document_id", "envelopeId", "envelope_id", "id"];

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
    let text = text_of(raw_body);
    let body = Node::object(&text)?;
    let data = body.child("data");
    let document = data.and_then(|data| DOCUMENT.into_iter().find_map(|name| data.text_of(name)));
    Ok(SignEvent {
        provider: Vendor::Standard,
        kind: kind(field::word_of(body, "type")),
        provider_document_id: field::id(&document.unwrap_or_default()),
        correlations: field::distinct(data.map(correlations).unwrap_or_default()),
        occurred_at: field::time_of(body, "timestamp"),
        delivery_key: delivery.0.clone(),
        trust: Trust::BodySigned,
    })
}

/// Our value in `data`, in its `metadata` and custom fields, and in each of its `documents`; there a text or
/// a list of texts, called `correlation`, `correlations` or as our field is.
fn correlations(data: Node<'_>) -> Vec<String> {
    let documents = data.child("documents").map(Node::each).unwrap_or_default();
    let whole = std::iter::once(data).chain(documents);
    let places = whole.flat_map(|part| {
        let inner = ["metadata", "customFields", "custom_fields"].map(|name| part.child(name));
        std::iter::once(part).chain(inner.into_iter().flatten())
    });
    places
        .flat_map(|place| {
            let plain = ["correlation", "correlations"]
                .into_iter()
                .flat_map(|name| place.all(name).into_iter().take(1));
            [field::texts(plain), field::named(place)].concat()
        })
        .collect()
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
